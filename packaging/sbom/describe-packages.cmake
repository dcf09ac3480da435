# For CPACK_POST_BUILD_SCRIPTS: describes each package that CPack has just made, beside where it will lie.
# Wants CPACK_CUDNN_ARCHIVE (the input); CPACK_CUDNN_ARCHIVE_SHA256, CPACK_CUDNN_ARCHIVE_URL, CPACK_CUDNN_DISTRO if known.
find_program(PYTHON3 python3)
if(NOT PYTHON3)
  message(FATAL_ERROR "python3 is not installed: it writes the packages' SBOM and provenance")
endif()
set(options --archive "${CPACK_CUDNN_ARCHIVE}" --out "${CPACK_PACKAGE_DIRECTORY}" --parameter "generator=${CPACK_GENERATOR}")
if(CPACK_CUDNN_ARCHIVE_SHA256)
  list(APPEND options --archive-sha256 "${CPACK_CUDNN_ARCHIVE_SHA256}")
endif()
if(CPACK_CUDNN_ARCHIVE_URL)
  list(APPEND options --archive-url "${CPACK_CUDNN_ARCHIVE_URL}")
endif()
if(CPACK_CUDNN_DISTRO)
  string(REPLACE ";" "\\;" distro "${CPACK_CUDNN_DISTRO}")  # several are one parameter
  list(APPEND options --parameter "distro=${distro}")
endif()
set(packages ${CPACK_PACKAGE_FILES})
list(FILTER packages EXCLUDE REGEX "\\.json$")  # CPack's own record of the run
execute_process(COMMAND ${PYTHON3} ${CMAKE_CURRENT_LIST_DIR}/describe-packages ${options} ${packages}
                RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the packages could not be described (status ${status})")
endif()
