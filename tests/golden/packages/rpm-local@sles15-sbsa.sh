#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 12 as packages for SUSE Linux Enterprise 15
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo zypper install libz1
# The installer's sha256 (given): 8e8a39e7964a4840899ce5ee821a91bc714a9b389826a2da0fc8277e4f2c9f39  cudnn-local-repo-sles15-9.19.0-1.0-1.aarch64.rpm
set -eu

# 1.3.3 step 2: step 1 goes to the download directory first; a full path needs no such step
sudo rpm -i cudnn-local-repo-sles15-9.19.0-1.0-1.aarch64.rpm

# 1.3.3 step 3
sudo zypper refresh

# 1.3.3 step 4
sudo zypper install libcudnn9-cuda-12=9.19.0.56-1

# 1.3.3 step 5
sudo zypper install libcudnn9-devel-cuda-12=9.19.0.56-1

# 1.3.3 step 6
sudo zypper install libcudnn9-samples=9.19.0.56-1
