# Adds the target windows-zip: NVIDIA's Windows archive from what CUDNN_WINDOWS names.
set(CUDNN_WINDOWS "" CACHE PATH "a wheel for Windows, a zip file or a folder to make the Windows archive of")
set(CUDNN_WINDOWS_VERSION "8.9.6.50" CACHE STRING "its release, four parts")
set(CUDNN_WINDOWS_CUDA "12" CACHE STRING "its CUDA major")

if(CUDNN_WINDOWS)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_custom_target(windows-zip
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/make-zip --version ${CUDNN_WINDOWS_VERSION} --cuda ${CUDNN_WINDOWS_CUDA}
            --from ${CUDNN_WINDOWS} --out ${CMAKE_BINARY_DIR}
    COMMENT "The Windows archive" VERBATIM)
endif()
