# liblzma, the decoder of .tar.xz: from 5.8 on it unpacks a third faster than the 5.4 of Debian 12.
#
# The system's is taken if it is new enough. Else the pinned source is built once into the cache, static and with hidden
# symbols: the shared libarchive brings its own liblzma.so.5 into the same process and must go on using that one. Where the
# source cannot be had, the system's older library does the same work, more slowly.
set(LIBLZMA_WANTED 5.8)

include(Parts)

# lzma_decoder becomes the library of the part at `place`.
function(link_liblzma place)
  target_include_directories(lzma_decoder SYSTEM INTERFACE ${place}/include)
  target_compile_definitions(lzma_decoder INTERFACE LZMA_API_STATIC)
  target_link_libraries(lzma_decoder INTERFACE ${place}/lib/liblzma.a Threads::Threads)
endfunction()

add_library(lzma_decoder INTERFACE)
set(LIBLZMA_OPTIONS -DXZ_NLS=OFF -DXZ_DOC=OFF -DXZ_TOOL_XZDEC=OFF -DXZ_TOOL_LZMADEC=OFF -DXZ_TOOL_LZMAINFO=OFF
    -DXZ_TOOL_SCRIPTS=OFF)
if(CUDNN_INSTALL_PORTABLE)
  cmake_part(liblzma_place liblzma OPTIONS ${LIBLZMA_OPTIONS} -DXZ_TOOL_XZ=OFF)
  link_liblzma(${liblzma_place})
  return()
endif()

find_package(LibLZMA)
if(LIBLZMA_FOUND AND LIBLZMA_VERSION_STRING VERSION_GREATER_EQUAL LIBLZMA_WANTED)
  target_link_libraries(lzma_decoder INTERFACE LibLZMA::LibLZMA)
  return()
endif()

part_source(liblzma_source liblzma)
if(liblzma_source)
  cmake_part(liblzma_place liblzma FLAGS -fvisibility=hidden OPTIONS ${LIBLZMA_OPTIONS})
  link_liblzma(${liblzma_place})
  set(LIBLZMA_STATIC ${liblzma_place}/lib/liblzma.a)
  # The same decoder as a program, as the floor that the benchmark measures against.
  file(COPY ${liblzma_place}/bin/xz DESTINATION ${CMAKE_BINARY_DIR}/third_party/xz)
elseif(LIBLZMA_FOUND)
  message(STATUS "a newer liblzma cannot be fetched: the system's ${LIBLZMA_VERSION_STRING} is used; unpacking .tar.xz takes half as long again")
  target_link_libraries(lzma_decoder INTERFACE LibLZMA::LibLZMA)
else()
  message(FATAL_ERROR "no liblzma: neither the system's (apt-get install liblzma-dev) nor the pinned source can be had")
endif()
