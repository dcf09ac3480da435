#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 12 as packages for Fedora
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo dnf install zlib
set -eu
umask 022

# 1.3.4.2 step 1
sudo dnf config-manager addrepo --from-repofile=https://developer.download.nvidia.com/compute/cuda/repos/fedora42/x86_64/cuda-fedora42.repo

# 1.3.4.2 step 1
sudo yum clean all

# 1.3.4.2 step 2
sudo yum install 'libcudnn9-cuda-12-9.19.0.*-1'

# 1.3.4.2 step 2
sudo yum install 'libcudnn9-devel-cuda-12-9.19.0.*-1'

# 1.3.4.2 step 2
sudo yum install 'libcudnn9-samples-9.19.0.*-1'
