// How much each trace has brought, so that X-Ray's refusal of one above its size can be told. Exact for the traces of
// late: those that brought something within the last 32,768 new ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::xray {

struct Scope;

// What a trace takes if it comes at once; one that is spaced out takes less, down to 100 KB [docs].
inline constexpr std::uint64_t largest_trace = 500'000;

// The trace that a document belongs to, found without reading it: the text behind its first "trace_id". Empty: there is
// none. Of a document with links before its own member, that may be the trace it links to.
std::string_view trace_id_in(std::string_view document);

class TraceSizes {
 public:
  using Key = std::uint64_t;
  // `scope`: null for what comes through the daemon, whose scope is a setting.
  static Key key(std::string_view trace_id, const Scope* scope);

  std::uint64_t of(Key trace) const;
  void add(Key trace, std::uint64_t bytes);
  // Whether any trace can be above its size after a document of so many bytes: where not, nobody needs to look.
  bool may_exceed(std::uint64_t bytes) const { return largest_ + bytes > largest_trace; }
  // Equal for equal contents.
  std::string digest() const;

 private:
  // 44 bits of a key and 20 of its bytes, so that a table fits a processor's cache; 0: free. Half full at most; empty
  // until it is needed.
  using Table = std::vector<std::uint64_t>;
  static constexpr std::size_t slots = 65'536;

  // The slot of a trace, or the free one where it belongs.
  static std::size_t place(const Table& table, Key trace);
  static std::uint64_t bytes_in(const Table& table, Key trace);

  Table young_;
  Table old_;  // what was young before
  std::size_t count_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace understudy::xray
