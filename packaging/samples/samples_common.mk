# What the samples' makefiles share. Each names its PROGRAM and its SOURCES and includes this.
#
#   make                                      for this machine
#   make TARGET_ARCH=aarch64 SBSA=1           for an Arm server, with its cross compiler; ppc64le likewise
#   make CUDA_PATH=/opt/cuda-12.2             with another toolkit (/usr/local/cuda)
#   make HOST_COMPILER=clang++                with another compiler (g++)
#   make CUDNN_INCLUDE_PATH=… CUDNN_LIB_PATH=…   with a cuDNN that lies outside the toolkit
#   make NVCC=                                without nvcc, although the toolkit has one
#   make LIBZ_LIBRARY_PATH=…                  where zlib for the target lies, if a library needs it while linking
comma := ,
CUDA_PATH   ?= /usr/local/cuda
HOST_ARCH   := $(shell uname -m)
TARGET_ARCH ?= $(HOST_ARCH)

ifeq ($(TARGET_ARCH),$(HOST_ARCH))
  native := yes
  HOST_COMPILER ?= g++
  CUDA_TARGET   ?= $(CUDA_PATH)
  NVCC          ?= $(wildcard $(CUDA_PATH)/bin/nvcc)
else ifneq ($(filter $(TARGET_ARCH),x86_64 aarch64 ppc64le),)
  target_x86_64  := x86_64-linux
  target_aarch64 := $(if $(filter 1,$(SBSA)),sbsa-linux,aarch64-linux)
  target_ppc64le := ppc64le-linux
  prefix_x86_64  := x86_64-linux-gnu
  prefix_aarch64 := aarch64-linux-gnu
  prefix_ppc64le := powerpc64le-linux-gnu
  HOST_COMPILER ?= $(prefix_$(TARGET_ARCH))-g++
  CUDA_TARGET   ?= $(CUDA_PATH)/targets/$(target_$(TARGET_ARCH))
  NVCC          ?=
else
  $(error TARGET_ARCH=$(TARGET_ARCH) is none of x86_64, aarch64, ppc64le)
endif

cuda_include := $(CUDA_TARGET)/include
cuda_lib     := $(firstword $(wildcard $(CUDA_TARGET)/lib64 $(CUDA_TARGET)/lib) $(CUDA_TARGET)/lib64)
CUDNN_INCLUDE_PATH ?= $(cuda_include)
CUDNN_LIB_PATH     ?= $(cuda_lib)
CUBLAS_LIB_PATH    ?= $(cuda_lib)

# Packages put cuDNN where the compiler looks by itself; a folder without it is not worth naming.
include_paths := $(if $(wildcard $(CUDNN_INCLUDE_PATH)/cudnn.h),-I$(CUDNN_INCLUDE_PATH)) -I$(cuda_include)
cudnn_here    := $(wildcard $(CUDNN_LIB_PATH)/libcudnn.so)
cublas_here   := $(wildcard $(CUBLAS_LIB_PATH)/libcublasLt.so)
static_cudart := $(wildcard $(cuda_lib)/libcudart_static.a)

libraries := $(if $(cudnn_here),-L$(CUDNN_LIB_PATH)) -L$(cuda_lib) -lcudnn
ifneq ($(cublas_here),)
  # cuDNN 8 opens cuBLAS by name, late: it is found for certain where the program itself asks for it.
  libraries += -L$(CUBLAS_LIB_PATH) -Wl,--push-state,--no-as-needed -lcublas -lcublasLt -Wl,--pop-state
endif
libraries += $(if $(static_cudart),-lcudart_static,-lcudart) -ldl -lrt -lpthread

# What the program was linked with is what it runs with.
origins := $(if $(cudnn_here),$(CUDNN_LIB_PATH)) $(if $(cublas_here),$(CUBLAS_LIB_PATH)) $(if $(static_cudart),,$(cuda_lib))
runpath := $(if $(native),$(sort $(origins)))
libraries += $(addprefix -Wl$(comma)-rpath$(comma),$(runpath))
ifneq ($(LIBZ_LIBRARY_PATH),)
  libraries += -Wl,-rpath-link,$(LIBZ_LIBRARY_PATH)
endif

CXXFLAGS ?= -O2 -Wall
flags := -std=c++11 -I. -I../include $(include_paths)
ifeq ($(NVCC),)
  compile = $(HOST_COMPILER) $(CXXFLAGS) $(flags)
else
  compile = $(NVCC) -ccbin $(HOST_COMPILER) $(if $(CXXFLAGS),-Xcompiler "$(CXXFLAGS)") $(flags)
endif
objects := $(SOURCES:.cpp=.o)

all: $(PROGRAM)

$(PROGRAM): $(objects)
	$(HOST_COMPILER) -o $@ $^ $(LDFLAGS) $(libraries)

%.o: %.cpp $(wildcard *.h ../include/*.h)
	$(compile) -c $< -o $@

run: $(PROGRAM)
	./$(PROGRAM)

clean:
	rm -f $(PROGRAM) $(objects)

.PHONY: all run clean
