# The portable builds: every part of third parties static, from the pinned sources, by the compiler of this build. The names
# of the targets are those that the distribution's packages give.
include(Parts)
include(Liblzma)

# A static library below `place`.
function(static_target target place library)
  add_library(${target} STATIC IMPORTED)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION ${place}/lib/${library} INTERFACE_INCLUDE_DIRECTORIES ${place}/include)
endfunction()

# The headers of `part`, with what has to be defined for them.
function(header_target target part)
  header_part(place ${part})
  set(${part}_place ${place} PARENT_SCOPE)
  add_library(${target} INTERFACE IMPORTED)
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${place}/include)
  target_compile_definitions(${target} INTERFACE ${ARGN})
endfunction()

# A part with a configure script: make_part(PLACE zlib CONFIGURE ./configure --static MAKE libz.a KEEP libz.a HEADERS zlib.h).
function(make_part result part)
  cmake_parse_arguments(PART "" "KEEP" "CONFIGURE;MAKE;HEADERS;UNPACK" ${ARGN})
  part_place(place ${part} ${PART_CONFIGURE})
  set(${result} ${place} PARENT_SCOPE)
  if(EXISTS ${place})
    return()
  endif()
  part_fact(version ${part} version)
  part_fact(folder ${part} folder)
  message(STATUS "Building ${part} ${version} (once, kept in ${place})")
  set(work ${place}.work-${CACHE_RUN})
  unpack_part(${part} ${work} ${PART_UNPACK})
  cmake_host_system_information(RESULT jobs QUERY NUMBER_OF_LOGICAL_CORES)
  # Programs by name, not by path: what a part records of its making then says nothing of this machine.
  set(environment ${CMAKE_COMMAND} -E env "PATH=${CUDNN_INSTALL_ZIG}:$ENV{PATH}" SOURCE_DATE_EPOCH=0
      CC=${CUDNN_INSTALL_PORTABLE}-clang AR=zig-ar RANLIB=zig-ranlib "CFLAGS=-O2 -fPIC -ffunction-sections -fdata-sections"
      ${CMAKE_COMMAND} -E chdir ${work}/${folder})
  run_for_part(${part} ${work} ${environment} ${PART_CONFIGURE})
  foreach(target IN LISTS PART_MAKE)
    run_for_part(${part} ${work} ${environment} make -j${jobs} ${target})
  endforeach()
  file(COPY ${work}/${folder}/${PART_KEEP} DESTINATION ${work}/out/lib)
  list(TRANSFORM PART_HEADERS PREPEND ${work}/${folder}/)
  file(COPY ${PART_HEADERS} DESTINATION ${work}/out/include)
  keep_part(${part} ${work} ${place})
endfunction()

make_part(zlib_place zlib CONFIGURE ./configure --static MAKE libz.a KEEP libz.a HEADERS zlib.h zconf.h)
static_target(ZLIB::ZLIB ${zlib_place} libz.a)

cmake_part(zstd_place zstd FOLDER build/cmake OPTIONS -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_SHARED=OFF
           -DZSTD_BUILD_COMPRESSION=OFF -DZSTD_BUILD_DICTBUILDER=OFF -DZSTD_LEGACY_SUPPORT=OFF
           -DZSTD_MULTITHREAD_SUPPORT=OFF)
static_target(PkgConfig::ZSTD ${zstd_place} libzstd.a)

cmake_part(yaml-cpp_place yaml-cpp OPTIONS -DYAML_CPP_BUILD_CONTRIB=OFF -DYAML_CPP_BUILD_TOOLS=OFF -DYAML_CPP_BUILD_TESTS=OFF
           -DYAML_CPP_FORMAT_SOURCE=OFF)
static_target(yaml-cpp ${yaml-cpp_place} libyaml-cpp.a)

# Its own decoders but zlib's are left out: the program's feed it plain tar.
set(archive_options -DPOSIX_REGEX_LIB=NONE "-DZLIB_LIBRARY=${zlib_place}/lib/libz.a" "-DZLIB_INCLUDE_DIR=${zlib_place}/include")
foreach(left_out OPENSSL LIBB2 LZ4 LZO LZMA ZSTD BZip2 LIBXML2 EXPAT PCREPOSIX PCRE2POSIX LIBGCC CNG TAR CPIO CAT UNZIP
        XATTR ACL TEST WERROR)
  list(APPEND archive_options -DENABLE_${left_out}=OFF)
endforeach()
cmake_part(libarchive_place libarchive OPTIONS ${archive_options})
static_target(LibArchive::LibArchive ${libarchive_place} libarchive.a)

header_target(spdlog::spdlog spdlog SPDLOG_FMT_EXTERNAL)
# Newer clangs find its checks of format strings not constant enough; without the word they are made at run time.
header_target(fmt::fmt-header-only fmt FMT_HEADER_ONLY FMT_CONSTEVAL=)
target_link_libraries(spdlog::spdlog INTERFACE fmt::fmt-header-only)
header_target(CLI11::CLI11 cli11)
header_target(nlohmann_json::nlohmann_json nlohmann-json)
header_target(tl::expected tl-expected)

# Digests alone are asked of it: no configuration file, no plug-ins, nothing of TLS.
set(openssl_platform_x86_64 linux-x86_64)
set(openssl_platform_sbsa linux-aarch64)
set(openssl_platform_ppc64le linux-ppc64le)
part_fact(openssl_folder openssl folder)
set(openssl_sources "crypto/*" "ssl/*" "apps/*" "util/*" "tools/*" "fuzz/*" "providers/*" "include/*" "Configurations/*"
    "exporters/*" "engines/*" "external/*" "ms/*" "doc/build.info" "doc/man1/*" Configure config configdata.pm.in VERSION.dat
    build.info LICENSE.txt)  # the tests are most of the archive
list(TRANSFORM openssl_sources PREPEND ${openssl_folder}/)
make_part(openssl_place openssl UNPACK ${openssl_sources}
  CONFIGURE perl Configure ${openssl_platform_${CUDNN_INSTALL_PORTABLE}} no-bulk no-apps no-tests no-docs no-legacy no-module
            no-http no-quic --openssldir=/etc/ssl
  MAKE build_generated libcrypto.a KEEP libcrypto.a HEADERS include/openssl)
static_target(OpenSSL::Crypto ${openssl_place} libcrypto.a)

# What their licences want to be said where the program goes.
set(licences ${CMAKE_BINARY_DIR}/THIRD-PARTY-LICENSES.txt)
file(WRITE ${licences} "cudnn-install has parts of others inside; these are their licences.\n")
foreach(part liblzma libarchive zlib zstd openssl yaml-cpp spdlog fmt cli11 nlohmann-json tl-expected)
  part_fact(title ${part} title)
  part_fact(version ${part} version)
  file(READ ${${part}_place}/licence.txt text)
  file(APPEND ${licences} "\n\n==== ${title} ${version}\n\n${text}")
endforeach()
file(READ ${CUDNN_INSTALL_ZIG}/../ziglang/lib/libcxx/LICENSE.TXT text)
file(APPEND ${licences} "\n\n==== LLVM C++ runtime\n\n${text}")
