#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 12 as packages for Debian 12
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# 1.3.4.1 step 1: the guide refers to the CUDA installation guide, whose way the keyring package is
wget -P "$work" https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64/cuda-keyring_1.1-1_all.deb
sudo dpkg -i "$work"/cuda-keyring_1.1-1_all.deb

# 1.3.4.1 step 1
sudo apt-get update

# 1.3.4.1 step 2
sudo apt-get install 'libcudnn9-cuda-12=9.19.0.*-1'

# 1.3.4.1 step 2
sudo apt-get install 'libcudnn9-dev-cuda-12=9.19.0.*-1'

# 1.3.4.1 step 2
sudo apt-get install 'libcudnn9-samples=9.19.0.*-1'
