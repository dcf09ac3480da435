# CPack reads this for every generator. cpack -G DEB would make an empty package: nothing here is installed the CMake way.
if(NOT CPACK_GENERATOR STREQUAL External)
  message(FATAL_ERROR "These packages are made by CPack's External generator; "
    "choose formats when you configure: cmake -D CPACK_GENERATOR=DEB")
endif()
