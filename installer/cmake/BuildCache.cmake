# What is built of third parties is kept by digest outside the clone, so that a fresh clone does not build it again.

# A word that no other run uses, for what is written beside its final name and then renamed.
string(RANDOM LENGTH 8 CACHE_RUN)

# Sets `result` to the cache folder, made if need be.
function(build_cache result)
  if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(folder $ENV{XDG_CACHE_HOME})
  elseif(NOT "$ENV{HOME}" STREQUAL "")
    set(folder $ENV{HOME}/.cache)
  else()
    set(folder ${CMAKE_BINARY_DIR})
  endif()
  set(folder ${folder}/cudnn-install-build)
  file(MAKE_DIRECTORY ${folder})
  set(${result} ${folder} PARENT_SCOPE)
endfunction()
