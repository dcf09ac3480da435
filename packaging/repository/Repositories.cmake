# Repositories from the packages that cpack has left in the build directory, as targets:
#
#   local-installers     packs what is missing, then cudnn-local-repo-… for each distribution into installers/
#   network-repository   packs what is missing, then publishes into repository/DISTRO/ARCH
#
#   CUDNN_SIGN_KEY         a key in GNUPGHOME; local installers have a key each where it is empty
#   CUDNN_DISTROS          distributions of recipes/distros; empty: those that the packages are made for, else the guide's
#   CUDNN_REPOSITORY_URL   where clients will find repository/
#   CUDNN_REPOSITORY_ARCH  x86_64, sbsa or ppc64le
include_guard()
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(CUDNN_SIGN_KEY "" CACHE STRING "The key that signs repositories, by fingerprint or name")
set(CUDNN_DISTROS "" CACHE STRING "The distributions that repositories are made for")
set(CUDNN_REPOSITORY_URL "" CACHE STRING "Where clients will find the network repository")
set(CUDNN_REPOSITORY_ARCH "x86_64" CACHE STRING "The architecture of the network repository")

# Packages are what cpack has made of this build directory; this file works as well where nothing is packed by cpack.
add_custom_target(packages-of-repository
  COMMAND ${CMAKE_COMMAND} -D "DIRECTORY=${CMAKE_BINARY_DIR}" -D "CPACK=${CMAKE_CPACK_COMMAND}"
          -P ${CMAKE_CURRENT_LIST_DIR}/pack.cmake
  VERBATIM)

set(sign_key_option)
if(CUDNN_SIGN_KEY)
  set(sign_key_option --sign-key ${CUDNN_SIGN_KEY})
endif()
set(repository_distros ${CUDNN_DISTROS})
if(NOT repository_distros)
  set(repository_distros ${distros})  # of the project that includes this file
endif()
set(distro_options)
foreach(distro IN LISTS repository_distros)
  list(APPEND distro_options --distro ${distro})
endforeach()
add_custom_target(local-installers
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/local-installers --out ${CMAKE_BINARY_DIR}/installers
          ${distro_options} ${sign_key_option} ${CMAKE_BINARY_DIR}
  VERBATIM)
add_dependencies(local-installers packages-of-repository)

set(publish_commands)
foreach(distro IN LISTS repository_distros)
  list(APPEND publish_commands
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/network-repository --out ${CMAKE_BINARY_DIR}/repository
            --distro ${distro} --arch ${CUDNN_REPOSITORY_ARCH} --url ${CUDNN_REPOSITORY_URL} ${sign_key_option}
            ${CMAKE_BINARY_DIR})
endforeach()
if(repository_distros AND CUDNN_REPOSITORY_URL AND CUDNN_SIGN_KEY)
  add_custom_target(network-repository ${publish_commands} VERBATIM)
else()
  add_custom_target(network-repository
    COMMAND ${CMAKE_COMMAND} -E echo "network-repository needs CUDNN_DISTROS, CUDNN_REPOSITORY_URL and CUDNN_SIGN_KEY"
    COMMAND ${CMAKE_COMMAND} -E false
    VERBATIM)
endif()
add_dependencies(network-repository packages-of-repository)
