// A record: what an exchange means. Decoded on demand from the entry, never stored.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace understudy::recording {

struct Record {
  std::string kind;          // "span", "segment", "log_event", "item", ...
  std::int64_t time_ns = 0;  // the record's own time, unix nanoseconds
  nlohmann::ordered_json fields;

  // Filled in by the reader of the journal.
  std::string vendor;
  std::string session;
  std::uint64_t entry = 0;
  std::uint32_t index = 0;  // within the entry
};

// "<session>/<entry>/<index>".
std::string record_id(const Record& record);
// The one JSON form of a record: show, /v1, SSE and export all write it.
nlohmann::ordered_json to_json(const Record& record);

}  // namespace understudy::recording
