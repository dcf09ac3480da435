# cuDNN 8.9.6.50 for CUDA 12.2 as packages for Ubuntu 22.04
# The commands are those of the cuDNN Installation Guide 8.9.6.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g
ADD https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2204/x86_64/cuda-keyring_1.1-1_all.deb /tmp/cudnn-install/
RUN set -eu; umask 022; \
    dpkg -i /tmp/cudnn-install/cuda-keyring_1.1-1_all.deb; \
    apt-get update; \
    apt-get install -y 'libcudnn8=8.9.6.*-1+cuda12.2'; \
    apt-get install -y 'libcudnn8-dev=8.9.6.*-1+cuda12.2'; \
    apt-get install -y 'libcudnn8-samples=8.9.6.*-1+cuda12.2'; \
    rm -rf /tmp/cudnn-install
