// What shows over many items and in none of them alone: levels that a filtered list hides, environments that are one
// slip apart, messages that make an item each, errors that came with a deploy.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "recording/vendor.h"

namespace understudy::rollbar {

using DerivedFindings = std::vector<recording::Vendor::DerivedFinding>;

class Trends {
 public:
  // `data` of an accepted item, and the entry that carried it.
  void add(const nlohmann::ordered_json& data, std::uint64_t entry);
  // What a call told of a deploy.
  void add_deploy(const nlohmann::ordered_json& deploy);
  void add_to(DerivedFindings& found) const;

 private:
  struct Deploy {
    std::string told;
    std::optional<std::uint64_t> first_error;  // the entry of the first new one after it
  };
  struct Seen {
    std::uint64_t count = 0;
    std::uint64_t entry = 0;  // the first
  };
  struct Scattered {
    std::string pattern;  // of the messages: "user * not found"; of fingerprints: the class
    std::uint64_t items = 0;
    std::uint64_t occurrences = 0;
    std::uint64_t entry = 0;
  };

  void add_level(const nlohmann::ordered_json& data, std::uint64_t entry);
  void add_message(std::string_view environment, const std::string& text, std::uint64_t entry);
  void add_fingerprint(std::string_view environment, const nlohmann::ordered_json& data, const std::string& own,
                       std::uint64_t entry);
  void add_error(std::string_view environment, const nlohmann::ordered_json& data, std::uint64_t entry);
  void add_near_environments(DerivedFindings& found) const;

  std::array<std::uint64_t, 5> levels_{};  // critical first
  std::optional<std::uint64_t> below_error_;
  std::map<std::string, Seen> environments_;
  std::map<std::string, std::vector<Deploy>, std::less<>> deploys_;  // by environment
  std::unordered_set<std::uint64_t> errors_;                         // what falls together, in short
  std::unordered_set<std::uint64_t> texts_;                          // of messages, without their data
  std::unordered_set<std::uint64_t> fingerprints_;
  std::unordered_map<std::uint64_t, Scattered> messages_;  // by the text with one word left out
  std::map<std::string, Scattered> classes_;               // of items that bring their fingerprint along
};

}  // namespace understudy::rollbar
