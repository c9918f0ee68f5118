// Options that several commands share.
#pragma once

#include <string>
#include <vector>

#include "program/source.h"

namespace CLI {
class App;
}

namespace understudy::program {

// --url, --journal, --session, --show-secrets
void add_source_options(CLI::App& command, SourceOptions& options);

struct SelectionOptions {
  std::string vendor;
  std::vector<std::string> where;
  std::uint64_t limit = 1000;
  std::string after;
};

// --vendor, --where and --after; --limit where `limited`.
void add_selection_options(CLI::App& command, SelectionOptions& options, bool limited);
Result<Ask> ask_of(const SelectionOptions& options);

// Prints why and returns the exit code for it.
int fail(const std::string& why);

}  // namespace understudy::program
