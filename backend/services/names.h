#pragma once

#include <fmt/format.h>

#include <map>
#include <source_location>
#include <string>

#include "backend/failure.h"

namespace cruddur::services {

/// Things that are found by name at run time. A name that nobody entered is a Failure NameError: the cheapest real
/// exception of this application, and twice a defect that stays in it (see activities.cpp and replies.cpp).
template <typename Thing>
class Names {
 public:
  Names(std::initializer_list<std::pair<const std::string, Thing>> things) : things_(things) {}

  const Thing* find_or_null(const std::string& name) const {
    const auto found = things_.find(name);
    return found == things_.end() ? nullptr : &found->second;
  }

  const Thing& find(const std::string& name, std::source_location where = std::source_location::current()) const {
    const auto* found = find_or_null(name);
    if (found == nullptr) {
      throw Failure("NameError", fmt::format("name '{}' is not defined", name), where);
    }
    return *found;
  }

 private:
  std::map<std::string, Thing> things_;
};

}  // namespace cruddur::services
