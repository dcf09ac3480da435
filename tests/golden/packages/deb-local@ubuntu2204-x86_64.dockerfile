# cuDNN 8.9.6.50 for CUDA 12.2 as packages for Ubuntu 22.04
# The commands are those of the cuDNN Installation Guide 8.9.6.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g
COPY cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb /tmp/cudnn-install/
RUN set -eu; umask 022; \
    dpkg -i /tmp/cudnn-install/cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb; \
    cp /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg /usr/share/keyrings/; \
    apt-get update; \
    apt-get install -y libcudnn8=8.9.6.50-1+cuda12.2; \
    apt-get install -y libcudnn8-dev=8.9.6.50-1+cuda12.2; \
    apt-get install -y libcudnn8-samples=8.9.6.50-1+cuda12.2; \
    rm -rf /tmp/cudnn-install
