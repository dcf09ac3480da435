#!/bin/sh
# cuDNN 9.19.0.56 for CUDA 12 as packages for Debian 12
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g
# The installer's sha256 (given): cffcb986fd7af0e1163d2c3e4749e4eb0e11c923731bbed759d7498f8e88af63  cudnn-local-repo-debian12-9.19.0_1.0-1_amd64.deb
set -eu
umask 022

# 1.3.2 step 2: step 1 goes to the download directory first; a full path needs no such step
sudo dpkg -i cudnn-local-repo-debian12-9.19.0_1.0-1_amd64.deb

# 1.3.2 step 3: the guide calls it the CUDA GPG key; each local repository carries a key of its own
sudo cp /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg /usr/share/keyrings/

# 1.3.2 step 4
sudo apt-get update

# 1.3.2 step 5
sudo apt-get install libcudnn9-cuda-12=9.19.0.56-1

# 1.3.2 step 6
sudo apt-get install libcudnn9-dev-cuda-12=9.19.0.56-1

# 1.3.2 step 7
sudo apt-get install libcudnn9-samples=9.19.0.56-1
