#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 12 as packages for Azure Linux 3
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo tdnf install zlib
# Note: tdnf holds no version: an upgrade of the system may change it
set -eu
umask 022

# 1.3.4.2 step 1
sudo curl -fsSL -o /etc/yum.repos.d/cuda-azl3.repo https://developer.download.nvidia.com/compute/cuda/repos/azl3/sbsa/cuda-azl3.repo

# 1.3.4.2 step 1
sudo tdnf clean all

# 1.3.4.2 step 2
sudo tdnf install 'libcudnn9-cuda-12-9.19.0.*-1'

# 1.3.4.2 step 2
sudo tdnf install 'libcudnn9-devel-cuda-12-9.19.0.*-1'

# 1.3.4.2 step 2
sudo tdnf install 'libcudnn9-samples-9.19.0.*-1'
