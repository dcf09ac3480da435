#!/bin/sh
# cuDNN 8.9.6.50 for CUDA 12.2 as packages for Red Hat Enterprise Linux 7 and its rebuilds
# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo yum install zlib
# The installer's sha256 (given): 3dc197cf55ba9fa64a2fdae74ed043625d361ab9181f8676711983bc0a3cd7e9  cudnn-local-repo-rhel7-8.9.6.50-1.0-1.x86_64.rpm
set -eu

# 1.3.3 step 2: step 1 goes to the download directory first; a full path needs no such step
sudo rpm -i cudnn-local-repo-rhel7-8.9.6.50-1.0-1.x86_64.rpm

# 1.3.3 step 3
sudo yum clean all

# 1.3.3 step 4
sudo yum install libcudnn8-8.9.6.50-1.cuda12.2

# 1.3.3 step 5
sudo yum install libcudnn8-devel-8.9.6.50-1.cuda12.2

# 1.3.3 step 6
sudo yum install libcudnn8-samples-8.9.6.50-1.cuda12.2
