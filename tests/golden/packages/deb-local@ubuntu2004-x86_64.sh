#!/bin/sh
# cuDNN 8.9.6.50 for CUDA 12.2 as packages for Ubuntu 20.04
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g
# The installer's sha256 (given): 6824684a6e7a85db3481e6d836d567f8427b60bf07cee57d9f08e8047f8cde11  cudnn-local-repo-ubuntu2004-8.9.6.50_1.0-1_amd64.deb
set -eu
umask 022

# 1.3.2 step 2: step 1 goes to the download directory first; a full path needs no such step
sudo dpkg -i cudnn-local-repo-ubuntu2004-8.9.6.50_1.0-1_amd64.deb

# 1.3.2 step 3: the guide calls it the CUDA GPG key; each local repository carries a key of its own
sudo cp /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg /usr/share/keyrings/

# 1.3.2 step 4
sudo apt-get update

# 1.3.2 step 5
sudo apt-get install libcudnn8=8.9.6.50-1+cuda12.2

# 1.3.2 step 6
sudo apt-get install libcudnn8-dev=8.9.6.50-1+cuda12.2

# 1.3.2 step 7
sudo apt-get install libcudnn8-samples=8.9.6.50-1+cuda12.2
