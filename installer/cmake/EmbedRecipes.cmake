# embed_recipes(<target>): every recipes/**/*.yaml becomes part of <target>, as the texts that embedded_recipes() returns.
# The same file is the script that writes the source (cmake -P), so that a changed YAML rebuilds one file and nothing else.

# A compiler may refuse string literals of more than 16380 bytes; adjacent literals are joined.
set(EMBED_CHUNK 15000)

function(embed_recipes target)
  get_filename_component(root ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../.. ABSOLUTE)
  file(GLOB_RECURSE recipes CONFIGURE_DEPENDS RELATIVE ${root} ${root}/recipes/*.yaml)
  list(SORT recipes)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_recipes.cpp)
  set(names ${CMAKE_CURRENT_BINARY_DIR}/embedded_recipes.txt)
  set(absolute ${recipes})
  list(TRANSFORM absolute PREPEND ${root}/)
  string(REPLACE ";" "\n" lines "${recipes}")
  file(CONFIGURE OUTPUT ${names} CONTENT "${lines}\n" @ONLY)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DROOT=${root} -DNAMES=${names} -DSOURCE=${source}
            -P ${root}/installer/cmake/EmbedRecipes.cmake
    DEPENDS ${absolute} ${names} ${root}/installer/cmake/EmbedRecipes.cmake
    COMMENT "Embedding recipes"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()

function(write_embedded_recipes)
  file(STRINGS ${NAMES} recipes)
  set(entries "")
  foreach(recipe IN LISTS recipes)
    file(READ ${ROOT}/${recipe} text)
    string(LENGTH "${text}" length)
    set(literals "")
    set(start 0)
    while(start LESS length)
      string(SUBSTRING "${text}" ${start} ${EMBED_CHUNK} chunk)
      string(APPEND literals "\n        R\"yaml(${chunk})yaml\"")
      math(EXPR start "${start} + ${EMBED_CHUNK}")
    endwhile()
    string(APPEND entries "    {\"${recipe}\",${literals}},\n")
  endforeach()
  file(WRITE ${SOURCE} "// Written by EmbedRecipes.cmake from recipes/.
#include \"recipe/embedded.h\"

#include <array>
#include <string_view>

namespace cudnn_install {

namespace {

struct EmbeddedText {
  std::string_view file;
  std::string_view text;
};
constexpr auto texts = std::to_array<EmbeddedText>({
${entries}});

}  // namespace

std::vector<SourceText> embedded_recipes() {
  std::vector<SourceText> files;
  files.reserve(texts.size());
  for (const EmbeddedText& text : texts) {
    files.push_back({.file = std::string(text.file), .text = std::string(text.text)});
  }
  return files;
}

}  // namespace cudnn_install
")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND DEFINED SOURCE)
  write_embedded_recipes()
endif()
