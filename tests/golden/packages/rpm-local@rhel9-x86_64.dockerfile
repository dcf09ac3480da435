# cuDNN 8.9.6.50 for CUDA 12.2 as packages for Red Hat Enterprise Linux 9 and its rebuilds
# The commands are those of the cuDNN Installation Guide 8.9.6.
# 1.1.1, driver, missing: no NVIDIA driver here: needed to run programs, not to install
# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda
# 1.1.3, zlib, to do: run: sudo dnf install zlib
COPY cudnn-local-repo-rhel9-8.9.6.50-1.0-1.x86_64.rpm /tmp/cudnn-install/
RUN set -eu; umask 022; \
    rpm -i /tmp/cudnn-install/cudnn-local-repo-rhel9-8.9.6.50-1.0-1.x86_64.rpm; \
    yum clean all; \
    yum install -y libcudnn8-8.9.6.50-1.cuda12.2; \
    yum install -y libcudnn8-devel-8.9.6.50-1.cuda12.2; \
    yum install -y libcudnn8-samples-8.9.6.50-1.cuda12.2; \
    rm -rf /tmp/cudnn-install
