# One interface target that product and tests link: language level, warnings as errors, hardening, sanitizers.
add_library(standard_warnings INTERFACE)
target_compile_features(standard_warnings INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_compile_options(standard_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Wformat=2 -Wundef -Woverloaded-virtual -Werror -fstack-protector-strong)
# False alarms of GCC 12 once it optimises: the unused part of an empty std::optional taken for uninitialised data, and
# std::string concatenation taken for an overlapping copy (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(standard_warnings INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(CUDNN_INSTALL_SANITIZE)
  target_compile_options(standard_warnings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(standard_warnings INTERFACE -fsanitize=address,undefined)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(standard_warnings INTERFACE _FORTIFY_SOURCE=2)
endif()
if(CUDNN_INSTALL_FUZZ)
  target_compile_options(standard_warnings INTERFACE -fsanitize=fuzzer-no-link)
endif()
