// What main() of every sample does: options, the verdict in words and as exit status.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>

namespace samples {

using Options = std::map<std::string, std::string>;

// The value of an option that is a number.
inline int number_of(const Options& options, const std::string& name) {
  const std::string& text = options.at(name);
  char* end = nullptr;
  const long number = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || number < 0 || number > 65535) {
    throw std::runtime_error(name + "= takes a number, and '" + text + "' is none");
  }
  return static_cast<int>(number);
}

// `options` are those that there are, with what they are where the command line says nothing; `run` answers whether all
// was right.
template <class Run>
int program(int count, char** arguments, const char* usage, Options options, Run run) {
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || options.count(argument.substr(0, equals)) == 0) {
      std::printf("usage: %s\n", usage);
      return argument == "help" ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    options[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  try {
    const bool good = run(options);
    std::printf("\n%s\n", good ? "Test passed!" : "Test failed!");
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::printf("%s\n\nTest failed!\n", error.what());
    return EXIT_FAILURE;
  }
}

}  // namespace samples
