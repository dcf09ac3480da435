# Reading the record.

# The entries of a list of texts.
function(json_texts variable record)
  set(texts "")
  string(JSON count LENGTH "${record}" ${ARGN})
  if(count GREATER 0)
    math(EXPR last "${count} - 1")
    foreach(index RANGE ${last})
      string(JSON text GET "${record}" ${ARGN} ${index})
      list(APPEND texts "${text}")
    endforeach()
  endif()
  set(${variable} "${texts}" PARENT_SCOPE)
endfunction()

# The indexes of a list: 0;1;2.
function(json_indexes variable record)
  set(indexes "")
  string(JSON count LENGTH "${record}" ${ARGN})
  if(count GREATER 0)
    math(EXPR last "${count} - 1")
    foreach(index RANGE ${last})
      list(APPEND indexes ${index})
    endforeach()
  endif()
  set(${variable} "${indexes}" PARENT_SCOPE)
endfunction()

# Sets PREFIX_key in the caller's scope for each key of the record in the variable RECORD.
macro(json_values prefix record)
  foreach(key IN ITEMS ${ARGN})
    string(JSON ${prefix}_${key} GET "${${record}}" ${key})
  endforeach()
endmacro()
