// The names that a query's commands may use, and their slots.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloudwatch_logs/insights/query.h"

namespace understudy::cloudwatch_logs::insights {

class Symbols {
 public:
  // What a command writes.
  std::size_t define(std::string_view name) {
    const auto slot = slot_of(name);
    defined_[slot] = true;
    return slot;
  }

  // What a command reads. Before stats every name may be a field of the event; behind it only what stats made exists.
  std::optional<std::size_t> find(std::string_view name) {
    if (closed_ && !is_defined(name)) return std::nullopt;
    return slot_of(name);
  }

  bool is_defined(std::string_view name) const {
    const auto found = slots_.find(name);
    return found != slots_.end() && defined_[found->second];
  }

  // From here on only the names that are defined next exist.
  void close() {
    closed_ = true;
    defined_.assign(defined_.size(), false);
  }

  bool closed() const { return closed_; }
  std::vector<std::string> names() && { return std::move(names_); }

 private:
  std::size_t slot_of(std::string_view name) {
    const auto [found, is_new] = slots_.try_emplace(std::string(name), names_.size());
    if (is_new) {
      names_.emplace_back(name);
      defined_.push_back(false);
    }
    return found->second;
  }

  std::map<std::string, std::size_t, std::less<>> slots_;
  std::vector<std::string> names_;
  std::vector<bool> defined_;
  bool closed_ = false;
};

}  // namespace understudy::cloudwatch_logs::insights
