#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 13 into /usr/local/cuda
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, satisfied: driver 580.95.05, loaded
# 1.1.2, toolkit, satisfied: CUDA 13.0 in /usr/local/cuda
# 1.1.3, zlib, satisfied: libz.so.1 is there
# The archive's sha256 (catalogue): db7e8d1212680c8271c76999467e3a81b5c8ac2d6f6bac6a3998af423d309394  cudnn-linux-x86_64-9.19.0.56_cuda13-archive.tar.xz
set -eu
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# 1.3.1 step 2: step 1 goes to the download directory first, which the guide calls <cudaPath>; a full path needs no such step
tar -xf cudnn-linux-x86_64-9.19.0.56_cuda13-archive.tar.xz -C "$work"

# 1.3.1 step 3
cp "$work"/cudnn-linux-x86_64-9.19.0.56_cuda13-archive/include/cudnn*.h /usr/local/cuda/include

# 1.3.1 step 3
cp -P "$work"/cudnn-linux-x86_64-9.19.0.56_cuda13-archive/lib/libcudnn* /usr/local/cuda/lib64

# 1.3.1 step 3
chmod a+r /usr/local/cuda/include/cudnn*.h /usr/local/cuda/lib64/libcudnn*
