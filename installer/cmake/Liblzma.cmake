# liblzma 5.8 decodes a third faster than Debian 12's 5.4.
find_package(LibLZMA REQUIRED)
add_library(lzma_decoder INTERFACE)
target_link_libraries(lzma_decoder INTERFACE LibLZMA::LibLZMA)
