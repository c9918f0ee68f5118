#include "xray/trace_sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "xray/state.h"

namespace understudy::xray {
namespace {

constexpr std::uint64_t mixer = 0x9e3779b97f4a7c15U;  // odd, and half of its bits are set
constexpr int bits_of_bytes = 20;
constexpr std::uint64_t most_bytes = (std::uint64_t{1} << bits_of_bytes) - 1;  // more is counted as so many

}  // namespace

// Underscores are rare in a document, so that the search for one skips most of it.
std::string_view trace_id_in(std::string_view document) {
  constexpr std::string_view name = "\"trace_id\"";
  constexpr std::size_t before = 6;  // of its underscore
  for (auto at = document.find('_', before); at != std::string_view::npos; at = document.find('_', at + 1)) {
    auto rest = document.substr(at - before);
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n:"), rest.size()));
    if (!rest.starts_with('"')) continue;
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
  }
  return {};
}

TraceSizes::Key TraceSizes::key(std::string_view trace_id, const Scope* scope) {
  const std::hash<std::string_view> hash;
  const auto made = hash(trace_id);
  return scope == nullptr ? made : ((made + hash(scope->account)) * mixer + hash(scope->region)) * mixer;
}

// The lower bits of a key say where to look, the upper ones stand in the slot.
std::size_t TraceSizes::place(const Table& table, Key trace) {
  auto at = trace % slots;
  while (table[at] != 0 && (table[at] ^ trace) >> bits_of_bytes != 0) at = (at + 1) % slots;
  return at;
}

std::uint64_t TraceSizes::bytes_in(const Table& table, Key trace) {
  return table.empty() ? 0 : table[place(table, trace)] & most_bytes;
}

std::uint64_t TraceSizes::of(Key trace) const {
  const auto young = bytes_in(young_, trace);
  return young != 0 ? young : bytes_in(old_, trace);
}

void TraceSizes::add(Key trace, std::uint64_t bytes) {
  if (count_ == slots / 2) {
    std::swap(young_, old_);
    young_.clear();
    count_ = 0;
  }
  if (young_.empty()) young_.resize(slots);
  auto& slot = young_[place(young_, trace)];
  const bool is_new = slot == 0;
  const auto before = is_new ? bytes_in(old_, trace) : slot & most_bytes;
  const auto sum = std::min(before + bytes, most_bytes);
  if (sum == 0) return;
  if (is_new) ++count_;
  slot = (trace & ~most_bytes) | sum;
  largest_ = std::max(largest_, sum);
}

std::string TraceSizes::digest() const {
  std::uint64_t sum = 0;
  for (const auto* table : {&young_, &old_}) {
    for (const auto slot : *table) sum += slot * mixer;
  }
  return fmt::format("{} {:016x} {}", count_, sum, largest_);
}

}  // namespace understudy::xray
