// What X-Ray's reads look at: every document that was taken, sorted into traces, in a compact form. The documents
// themselves stay in the journal. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "recording/vendor.h"
#include "xray/state.h"

namespace understudy::xray {

// A string of the pool; equal strings have equal numbers. 0: there is none.
using Text = std::uint32_t;

class Texts {
 public:
  Text put(std::string_view text);
  Text find(std::string_view text) const;  // 0: nobody ever put it
  std::string_view operator[](Text text) const { return texts_[text]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_{std::string()};
  std::unordered_map<std::string_view, Text> known_;
};

inline constexpr std::uint32_t nowhere = UINT32_MAX;

enum EntityFlag : std::uint16_t {
  has_error = 1,
  has_fault = 2,
  has_throttle = 4,
  is_open = 8,  // in_progress
  is_subsegment = 16,
  calls_aws = 32,           // namespace aws
  calls_remote = 64,        // namespace remote
  waits_for_segment = 128,  // http.request.traced
  says_inferred = 256,
};

// A segment or a subsegment.
struct Entity {
  std::uint64_t id = 0;
  std::uint64_t parent_id = 0;  // of a document, as sent; 0: none
  double start_s = 0;
  double end_s = 0;  // the start while it is open
  Text name = 0;
  std::uint32_t parent = nowhere;   // of an embedded one: within its trace
  std::uint32_t details = nowhere;  // within its trace
  std::uint16_t flags = 0;

  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
};

struct Annotation {
  enum class Type : std::uint8_t { text, number, boolean };
  Text key = 0;
  Type type = Type::text;
  Text text = 0;
  double number = 0;  // of a boolean: 0 or 1
};

struct Exception {
  Text type = 0;
  Text message = 0;
};

// To a segment or subsegment of another trace.
struct Link {
  Text trace = 0;
  std::uint64_t id = 0;
};

// What not every entity has.
struct Details {
  Text origin = 0;
  Text account = 0;
  Text url = 0;
  Text method = 0;
  Text user_agent = 0;
  Text client_ip = 0;
  Text user = 0;
  Text resource_arn = 0;
  Text instance_id = 0;
  Text availability_zone = 0;
  Text resource = 0;  // which table, bucket, queue or function an AWS call used
  std::int32_t status = 0;
  std::vector<Annotation> annotations;
  std::vector<Exception> exceptions;
  std::vector<Link> links;
};

// Where a document lies: the n-th item of the n-th document of an entry.
struct Place {
  std::uint64_t entry = 0;
  std::uint32_t document = 0;
  std::uint32_t item = 0;
};

struct Document {
  Place place;
  std::uint32_t first = 0;  // its entities within the trace: itself, then all embedded ones
  std::uint32_t count = 0;
};

// What the graph calls a service.
struct Service {
  Text name = 0;
  Text type = 0;  // 0: no origin
  Text account = 0;
  auto operator<=>(const Service&) const = default;
};

// A real segment, or one that is inferred from a call.
struct Segment {
  std::uint32_t entity = nowhere;  // of an inferred one: the subsegment that called
  std::uint32_t service = 0;
  std::uint32_t parent = nowhere;  // the segment that called it
  std::uint32_t via = nowhere;     // the entity of that segment that called it
  bool is_inferred = false;
};

// What a trace's documents make together; see traces_assemble.h.
struct Assembled {
  std::vector<Segment> segments;          // by start time
  std::vector<std::uint32_t> segment_of;  // by entity: the segment it belongs to; nowhere: none, or replaced
  std::vector<std::uint32_t> parent_of;   // by entity: the entity above it
  std::vector<char> is_live;              // by entity: 0 if another one with its id stands
  std::vector<std::uint32_t> documents;   // of the trace, without those that another one with their id replaced
  std::uint32_t root = nowhere;           // within segments
  double start_s = 0;
  double end_s = 0;
  bool is_partial = false;
  bool has_throttle = false;
};

struct Trace {
  std::string_view id;
  std::int64_t epoch_s = 0;  // within the id
  std::uint32_t scope = 0;
  std::int64_t received_ns = 0;     // vendor's time of the first document
  std::uint64_t first_entry = 0;    // of the first document
  bool limit_exceeded = false;      // more came than X-Ray takes of one trace
  std::vector<Document> documents;  // in the order of arrival
  std::vector<Entity> entities;
  std::vector<Details> details;

  const Details* details_of(const Entity& entity) const {
    return entity.details == nowhere ? nullptr : &details[entity.details];
  }

 private:
  friend class TraceIndex;
  mutable Assembled assembled_;
  mutable bool is_assembled_ = false;
};

class TraceIndex final : public recording::Index {
 public:
  void add(const recording::Entry& entry) override;

  // The traces that a call from this scope sees are those of its account and region; what came through the daemon is
  // in the daemon's. 0: no trace is.
  struct View {
    std::uint32_t of_scope = 0;
    std::uint32_t of_daemon = 0;  // 0: the call is not from the daemon's scope
    bool sees(const Trace& trace) const {
      return (trace.scope == of_scope && of_scope != 0) || (trace.scope == of_daemon && of_daemon != 0);
    }
  };
  View view(const Scope& scope, bool is_daemons) const;

  std::size_t size() const { return traces_.size(); }
  const Trace& trace(std::size_t number) const { return traces_[number]; }
  const Trace* find(const View& view, std::string_view id) const;
  const Assembled& assembled(const Trace& trace);  // made when first asked for after a document came

  Texts& texts() { return texts_; }
  const Texts& texts() const { return texts_; }
  std::string_view text(Text text) const { return texts_[text]; }
  const Service& service(std::uint32_t number) const { return services_[number]; }
  std::size_t services() const { return services_.size(); }
  std::uint32_t service_number(const Service& service);

 private:
  friend class DocumentReader;  // traces_read.h
  Trace& trace_of(std::uint32_t scope, std::string_view id, const recording::Entry& entry);
  std::uint32_t scope_of(const recording::Entry& entry);
  void mark_limits(const recording::Entry& entry);

  Texts texts_;
  std::deque<Trace> traces_;
  std::map<Scope, std::uint32_t> scopes_;
  std::unordered_map<std::string, std::uint32_t> by_key_;  // "<scope> <trace id>"
  std::vector<Service> services_;
  std::map<Service, std::uint32_t> service_numbers_;
};

}  // namespace understudy::xray
