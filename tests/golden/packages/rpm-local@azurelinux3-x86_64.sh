#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 12 as packages for Azure Linux 3
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo tdnf install zlib
# Note: tdnf holds no version: an upgrade of the system may change it
# The installer's sha256 (given): 54ad9cac978cbc2e6ad809f3b4560588ab3953c4be5e55b3231627faa3e5a74c  cudnn-local-repo-azurelinux3-9.19.0-1.0-1.x86_64.rpm
set -eu

# 1.3.3 step 2: step 1 goes to the download directory first; a full path needs no such step
sudo rpm -i cudnn-local-repo-azurelinux3-9.19.0-1.0-1.x86_64.rpm

# 1.3.3 step 3
sudo tdnf clean all

# 1.3.3 step 4
sudo tdnf install libcudnn9-cuda-12-9.19.0.56-1

# 1.3.3 step 5
sudo tdnf install libcudnn9-devel-cuda-12-9.19.0.56-1

# 1.3.3 step 6
sudo tdnf install libcudnn9-samples-9.19.0.56-1
