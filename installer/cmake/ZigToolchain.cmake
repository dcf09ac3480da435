# zig's clang for the platform that CUDNN_INSTALL_PORTABLE names. The compiler checks and the parts that are built beside the
# program read this file too.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CUDNN_INSTALL_PORTABLE CUDNN_INSTALL_ZIG)
if(NOT CUDNN_INSTALL_ZIG)
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../../scripts/zig
                  OUTPUT_VARIABLE CUDNN_INSTALL_ZIG OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${CUDNN_INSTALL_PORTABLE})
if(CUDNN_INSTALL_PORTABLE STREQUAL "sbsa")
  set(CMAKE_SYSTEM_PROCESSOR aarch64)
endif()
set(CMAKE_C_COMPILER ${CUDNN_INSTALL_ZIG}/${CUDNN_INSTALL_PORTABLE}-clang)
set(CMAKE_CXX_COMPILER ${CUDNN_INSTALL_ZIG}/${CUDNN_INSTALL_PORTABLE}-clang++)
set(CMAKE_AR ${CUDNN_INSTALL_ZIG}/zig-ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${CUDNN_INSTALL_ZIG}/zig-ranlib CACHE FILEPATH "")

# Nothing of this machine's libraries: there are none below that folder.
set(CMAKE_FIND_ROOT_PATH ${CUDNN_INSTALL_ZIG})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()

set(CMAKE_C_FLAGS_INIT "-ffunction-sections -fdata-sections -fno-sanitize=undefined")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-pie -s -Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--build-id=none")
