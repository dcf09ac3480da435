# What a package says about itself: licence, changelog, description.

# Text behind a DEP-5 field: one space before each line, a dot for an empty one.
function(indented variable text)
  string(REGEX REPLACE "[ \t\r]+\n" "\n" text "${text}\n")
  string(REGEX REPLACE "\n+$" "" text "${text}")
  string(REGEX REPLACE "\n\n" "\n.\n" text "${text}")
  string(REGEX REPLACE "\n\n" "\n.\n" text "${text}")
  string(REPLACE "\n" "\n " text "${text}")
  set(${variable} " ${text}" PARENT_SCOPE)
endfunction()

function(write_copyright file)
  file(READ ${CUDNN_directory}/${CUDNN_license} text)
  # Semicolons and brackets are CMake's own marks; in a text they are letters.
  indented(CUDNN_LICENSE_TEXT "${text}")
  if(CUDNN_demo)
    set(CUDNN_COPYRIGHT "the authors of the cudnn-install demo payload")
    set(CUDNN_LICENSE_NAME Apache-2.0)
    string(APPEND CUDNN_LICENSE_TEXT "\n .\n On Debian systems its text is in /usr/share/common-licenses/Apache-2.0.")
  else()
    set(CUDNN_COPYRIGHT "NVIDIA Corporation and affiliates")
    set(CUDNN_LICENSE_NAME LicenseRef-NVIDIA-cuDNN)
  endif()
  configure_file(${TEMPLATES}/copyright.in ${file} @ONLY)
endfunction()

# Two sentences that tell the packages apart.
function(description_of variable)
  set(is_runtime "the shared libraries that programs open when they run")
  set(is_headers "the headers")
  set(is_dev "headers and links for building programs; where several\n versions are installed, update-alternatives --config libcudnn chooses one")
  set(is_static "the static libraries")
  set(is_samples "the sources of small programs that use it")
  set(${variable} "cuDNN is NVIDIA's library of primitives for deep neural networks.\n This package holds ${is_${PACKAGE_kind}}." PARENT_SCOPE)
endfunction()
