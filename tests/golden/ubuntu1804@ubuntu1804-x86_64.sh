#!/bin/sh
# cuDNN 8.7.0.84 for CUDA 10 into /usr/local/cuda
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, satisfied: driver 470.256.02, loaded
# 1.1.2, toolkit, satisfied: CUDA 10.2 in /usr/local/cuda
# 1.1.3, zlib, satisfied: libz.so.1 is there
# The archive's sha256 (catalogue): 6d985aa9cf3e19b3d5d8542fbdb6ee7ddf159c4260bdf90809cd8ddff822b518  cudnn-linux-x86_64-8.7.0.84_cuda10-archive.tar.xz
set -eu
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# 1.3.1 step 2: step 1 goes to the download directory first, which the guide calls <cudaPath>; a full path needs no such step
tar -xf cudnn-linux-x86_64-8.7.0.84_cuda10-archive.tar.xz -C "$work"

# 1.3.1 step 3
cp "$work"/cudnn-linux-x86_64-8.7.0.84_cuda10-archive/include/cudnn*.h /usr/local/cuda/include

# 1.3.1 step 3
cp -P "$work"/cudnn-linux-x86_64-8.7.0.84_cuda10-archive/lib/libcudnn* /usr/local/cuda/lib64

# 1.3.1 step 3
chmod a+r /usr/local/cuda/include/cudnn*.h /usr/local/cuda/lib64/libcudnn*
