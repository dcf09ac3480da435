#!/bin/sh
# cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, satisfied: driver 575.64.05, loaded
# 1.1.2, toolkit, satisfied: CUDA 12.9.1 in /usr/local/cuda
# 1.1.3, zlib, satisfied: libz.so.1 is there
# The archive's sha256 (catalogue): 1722259db95265bb3813438a5a1c6ecd979de89ae4536603904042e124d302d5  cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz
set -eu
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# 1.3.1 step 2: step 1 goes to the download directory first, which the guide calls <cudaPath>; a full path needs no such step
tar -xf cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz -C "$work"

# 1.3.1 step 3
sudo cp "$work"/cudnn-linux-x86_64-8.9.6.50_cuda12-archive/include/cudnn*.h /usr/local/cuda/include

# 1.3.1 step 3
sudo cp -P "$work"/cudnn-linux-x86_64-8.9.6.50_cuda12-archive/lib/libcudnn* /usr/local/cuda/lib64

# 1.3.1 step 3
sudo chmod a+r /usr/local/cuda/include/cudnn*.h /usr/local/cuda/lib64/libcudnn*
