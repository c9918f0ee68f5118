// An entry of the journal, as it is read: views into memory that the holder of the view keeps.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "recording/finding.h"
#include "recording/moment.h"
#include "recording/request.h"

namespace understudy::recording {

enum class EntryKind : std::uint8_t {
  exchange = 1,    // one HTTP request, gRPC call or UDP datagram with its reply
  fragment = 2,    // a request that never became whole, or that no vendor could be asked about
  control = 3,     // settings, accounts, clock, faults, reset
  outcome = 4,     // how replies left: written, cut by a fault, peer gone
  drops = 5,       // datagrams that the kernel dropped
  driven = 6,      // a request that the harness itself sent to the backend, with its response
  checkpoint = 7,  // reserved
};

std::string_view name_of(EntryKind kind);

enum class Outcome : std::uint8_t { written = 1, cut_by_fault = 2, peer_gone = 3 };

struct OutcomeOf {
  std::uint64_t ordinal;
  Outcome outcome;
};

// What is written about an entry besides body and reply body. Which members count depends on the kind.
struct EntryFields {
  EntryKind kind = EntryKind::exchange;
  Moment moment;
  std::string_view vendor;  // exchange, fragment
  Protocol protocol = Protocol::http1;
  std::string_view door;
  std::string_view peer;
  std::string_view head;
  bool grpc_compressed = false;
  const Reply* reply = nullptr;   // what the vendor decided; its body is the frame's reply part
  std::string_view effect;        // the vendor's own message: what apply() does to the state
  bool read = false;              // a read operation: it changes nothing
  std::uint64_t read_number = 0;  // of a read that was answered later: its number in the session, from 1; else 0
  std::uint64_t read_below = 0;   // of such a read: the entries below this one are what it saw
  const std::vector<Finding>* findings = nullptr;
  std::string_view reason;        // fragment: why it never became whole
  std::uint64_t total_bytes = 0;  // fragment: how many bytes came; drops: datagrams lost since the last such entry
  std::string_view fault;         // exchange: the fault that acted on it, as JSON: {"id":..,"when":..,"sent_status":..}
  std::string_view control;       // control: its type, "session", "accounts", "clock", "fault", "reset"
  std::string_view text;          // control, driven: JSON
  const std::vector<OutcomeOf>* outcomes = nullptr;
};

// One entry read back. It owns its bytes; `request()` gives the request as the door saw it.
// `body` (and with it request().body) is followed by at least 64 readable bytes.
struct Entry {
  std::uint64_t ordinal = 0;
  EntryKind kind = EntryKind::exchange;
  Moment moment;
  std::string vendor;
  Protocol protocol = Protocol::http1;
  std::string door;
  std::string peer;
  std::string head;
  bool grpc_compressed = false;
  Reply reply;  // as the vendor decided it; of a read operation with a large reply only length and hash are kept
  std::uint64_t reply_bytes = 0;
  std::string reply_hash;  // SHA-256 in hex, where the reply body was not kept
  std::string effect;
  bool read = false;
  std::uint64_t read_number = 0;
  std::uint64_t read_below = 0;
  std::vector<Finding> findings;
  std::string reason;
  std::uint64_t total_bytes = 0;
  std::string fault;
  std::string control;
  std::string text;
  std::vector<OutcomeOf> outcomes;
  std::string_view body;

  Request request() const;  // views into this entry

  std::shared_ptr<const char[]> frame;  // keeps `body`; null where the journal's own memory does
};

}  // namespace understudy::recording
