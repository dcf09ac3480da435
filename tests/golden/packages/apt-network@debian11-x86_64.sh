#!/bin/sh
# cuDNN 8.9.6.50 for CUDA 12.2 as packages for Debian 11
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# 1.3.4.1 step 1: the guide refers to the CUDA installation guide, whose way the keyring package is
wget -P "$work" https://developer.download.nvidia.com/compute/cuda/repos/debian11/x86_64/cuda-keyring_1.1-1_all.deb
sudo dpkg -i "$work"/cuda-keyring_1.1-1_all.deb

# 1.3.4.1 step 1
sudo apt-get update

# 1.3.4.1 step 2
sudo apt-get install 'libcudnn8=8.9.6.*-1+cuda12.2'

# 1.3.4.1 step 2
sudo apt-get install 'libcudnn8-dev=8.9.6.*-1+cuda12.2'

# 1.3.4.1 step 2
sudo apt-get install 'libcudnn8-samples=8.9.6.*-1+cuda12.2'
