# liblzma, the decoder of .tar.xz: from 5.8 on it unpacks a third faster than the 5.4 of Debian 12.
#
# The system's is taken if it is new enough. Else the pinned source is built once into the cache, static and with hidden
# symbols: the shared libarchive brings its own liblzma.so.5 into the same process and must go on using that one. Where the
# source cannot be had, the system's older library does the same work, more slowly.
set(LIBLZMA_WANTED 5.8)
set(LIBLZMA_PINNED 5.8.1)
set(LIBLZMA_SHA256 0b54f79df85912504de0b14aec7971e3f964491af1812d83447005807513cd9e)

include(BuildCache)

# The machine's own Debian or Ubuntu mirrors, as apt knows them.
function(apt_mirrors result)
  set(mirrors "")
  find_program(APT_GET apt-get)
  if(APT_GET)
    execute_process(COMMAND ${APT_GET} indextargets --format "$(REPO_URI)" OUTPUT_VARIABLE text ERROR_QUIET)
    string(REGEX MATCHALL "[^\n]+/(debian|ubuntu)/" mirrors "${text}")
    list(REMOVE_DUPLICATES mirrors)
  endif()
  set(${result} ${mirrors} PARENT_SCOPE)
endfunction()

# apt's own downloader goes through apt's proxy settings, which CMake does not know.
function(download_by_apt url file)
  find_program(APT_HELPER apt-helper PATHS /usr/lib/apt NO_DEFAULT_PATH)
  if(APT_HELPER)
    execute_process(COMMAND ${APT_HELPER} download-file ${url} ${file} SHA256:${LIBLZMA_SHA256}
                    RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET TIMEOUT 120)
  endif()
endfunction()

# Leaves the source archive at `file`, or nothing.
function(fetch_liblzma_source file)
  if(EXISTS ${file})
    return()
  endif()
  set(partial ${file}.partial-${CACHE_RUN})
  apt_mirrors(mirrors)
  foreach(mirror IN LISTS mirrors)
    download_by_apt(${mirror}pool/main/x/xz-utils/xz-utils_${LIBLZMA_PINNED}.orig.tar.xz ${partial})
    if(EXISTS ${partial})
      break()
    endif()
  endforeach()
  if(NOT EXISTS ${partial})
    set(release https://github.com/tukaani-project/xz/releases/download)
    file(DOWNLOAD ${release}/v${LIBLZMA_PINNED}/xz-${LIBLZMA_PINNED}.tar.xz ${partial}
         STATUS status TIMEOUT 120 INACTIVITY_TIMEOUT 20)
  endif()
  file(SHA256 ${partial} digest)
  if(digest STREQUAL LIBLZMA_SHA256)
    file(RENAME ${partial} ${file})
  endif()
  file(REMOVE ${partial} ${partial}.FAILED)
endfunction()

# Builds `source` into the folder `built`: include/, liblzma.a and the xz program.
function(build_liblzma source built)
  if(EXISTS ${built}/liblzma.a)
    return()
  endif()
  message(STATUS "Building liblzma ${LIBLZMA_PINNED} (once, kept in ${built})")
  set(work ${built}.work-${CACHE_RUN})
  file(ARCHIVE_EXTRACT INPUT ${source} DESTINATION ${work})
  if(CMAKE_TOOLCHAIN_FILE)
    set(toolchain -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE})
  endif()
  set(log ${CMAKE_BINARY_DIR}/liblzma-build.log)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${work}/xz-${LIBLZMA_PINNED} -B ${work}/build -G "${CMAKE_GENERATOR}" ${toolchain}
      -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER} -DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM} -DCMAKE_BUILD_TYPE=Release
      "-DCMAKE_C_FLAGS=${LIBLZMA_FLAGS}" -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF
      -DXZ_NLS=OFF -DXZ_DOC=OFF -DXZ_TOOL_XZDEC=OFF -DXZ_TOOL_LZMADEC=OFF -DXZ_TOOL_LZMAINFO=OFF -DXZ_TOOL_SCRIPTS=OFF
    COMMAND_ERROR_IS_FATAL ANY OUTPUT_FILE ${log} ERROR_FILE ${log})
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${work}/build --parallel --target liblzma xz
                  COMMAND_ERROR_IS_FATAL ANY OUTPUT_FILE ${log} ERROR_FILE ${log})
  file(COPY ${work}/xz-${LIBLZMA_PINNED}/src/liblzma/api/ DESTINATION ${work}/out/include FILES_MATCHING PATTERN "*.h")
  file(COPY ${work}/build/liblzma.a ${work}/build/xz DESTINATION ${work}/out)
  file(RENAME ${work}/out ${built} RESULT ignored)  # another run may have been first: then its folder stands
  file(REMOVE_RECURSE ${work})
endfunction()

find_package(LibLZMA)
add_library(lzma_decoder INTERFACE)
if(LIBLZMA_FOUND AND LIBLZMA_VERSION_STRING VERSION_GREATER_EQUAL LIBLZMA_WANTED)
  target_link_libraries(lzma_decoder INTERFACE LibLZMA::LibLZMA)
  return()
endif()

set(LIBLZMA_FLAGS "${CMAKE_C_FLAGS} -fvisibility=hidden")
build_cache(cache)
set(liblzma_source ${cache}/xz-${LIBLZMA_PINNED}-${LIBLZMA_SHA256}.tar.xz)
fetch_liblzma_source(${liblzma_source})
if(EXISTS ${liblzma_source})
  string(SHA256 liblzma_key "${LIBLZMA_SHA256} ${CMAKE_C_COMPILER} ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION} \
${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR} ${LIBLZMA_FLAGS}")
  string(SUBSTRING ${liblzma_key} 0 16 liblzma_key)
  set(liblzma_built ${cache}/liblzma-${LIBLZMA_PINNED}-${liblzma_key})
  build_liblzma(${liblzma_source} ${liblzma_built})
  target_include_directories(lzma_decoder SYSTEM INTERFACE ${liblzma_built}/include)
  target_compile_definitions(lzma_decoder INTERFACE LZMA_API_STATIC)
  set(LIBLZMA_STATIC ${liblzma_built}/liblzma.a)
  target_link_libraries(lzma_decoder INTERFACE ${LIBLZMA_STATIC} Threads::Threads)
  # The same decoder as a program, as the floor that the benchmark measures against.
  file(COPY ${liblzma_built}/xz DESTINATION ${CMAKE_BINARY_DIR}/third_party/xz)
elseif(LIBLZMA_FOUND)
  message(STATUS "liblzma ${LIBLZMA_PINNED} cannot be fetched: the system's ${LIBLZMA_VERSION_STRING} is used; unpacking .tar.xz takes half as long again")
  target_link_libraries(lzma_decoder INTERFACE LibLZMA::LibLZMA)
else()
  message(FATAL_ERROR "no liblzma: neither the system's (apt-get install liblzma-dev) nor the source of ${LIBLZMA_PINNED} can be had")
endif()
