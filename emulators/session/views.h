// What the entries of a session add up to: every vendor's state and the session's own settings. The live session and
// the fold over a journal use this one class, so that they can be compared.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recording/entry.h"
#include "recording/vendor.h"
#include "session/clock.h"
#include "session/fault.h"

namespace understudy::session {

using Vendors = std::vector<const recording::Vendor*>;

class Views {
 public:
  explicit Views(const Vendors& vendors);

  // What an entry changes. Every entry of a journal, in order, gives the state that the live session had.
  void apply(const recording::Entry& entry);
  // The same for the live path, where an exchange needs no Entry.
  void apply_exchange(std::size_t vendor, const recording::Applied& applied);
  void apply_control(std::string_view control, std::string_view text, std::uint64_t ordinal);
  void fault_acted(std::string_view id);

  const recording::State& state(std::size_t vendor) const { return *states_[vendor]; }
  std::string dump(std::size_t vendor) const;
  std::size_t index_of(std::string_view vendor) const;  // vendors().size() if there is none
  const Vendors& vendors() const { return *vendors_; }

  std::string name;  // of the session
  std::uint64_t seed = 0;
  std::uint64_t start = 0;  // views of records begin with this entry: after the last reset
  Clock clock;
  std::vector<Fault> faults;
  std::string accounts = "{}";  // JSON: what each vendor was given last
  std::string settings = "{}";

 private:
  void make_states();
  void apply_accounts();
  void apply_settings();

  const Vendors* vendors_;
  std::vector<std::unique_ptr<recording::State>> states_;
};

}  // namespace understudy::session
