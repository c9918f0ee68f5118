// A table by texts that is asked without making a string.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace understudy::rollbar {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

template <typename Value>
using Texts = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace understudy::rollbar
