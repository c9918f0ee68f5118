// What arrived, as typed records. A record is a small handle: cheap to copy, safe to keep after the Understudy that
// recorded it is gone, the same on every thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/value.h"

namespace understudy {

namespace detail {
struct Held;
struct HeldEntry;
struct Access;
}  // namespace detail

using Attributes = std::map<std::string, Value, std::less<>>;
using UnixTime = std::chrono::sys_time<std::chrono::nanoseconds>;

class Entry;

class Record {
 public:
  std::string id() const;  // "default/7/0": session, entry, place within the entry
  std::string vendor() const;
  std::string record_kind() const;  // "span", "segment", "log_event", "item", ...
  UnixTime time() const;            // the record's own
  std::uint64_t entry_ordinal() const;
  Entry entry() const;  // the exchange that brought it

  // The value at a path, "attributes.http.route", "body.trace.frames.0.lineno"; null if there is none.
  Value field(std::string_view path) const;
  Value fields() const;
  std::string json() const;  // the one JSON form of a record
  // The command that shows the raw bytes, the reply and the findings.
  std::string show_command() const;

 protected:
  friend struct detail::Access;
  explicit Record(std::shared_ptr<const detail::Held> held) : held_(std::move(held)) {}
  std::string text(std::string_view path) const;
  Attributes attributes_at(std::string_view path) const;
  std::shared_ptr<const detail::Held> held_;
};

// One line: span "GET /" (default/7/0). Test frameworks print records with it.
std::ostream& operator<<(std::ostream& out, const Record& record);

// ---- Honeycomb

enum class SpanKind { unspecified, internal, server, client, producer, consumer };
enum class SpanStatus { unset, ok, error };

struct Resource {
  Attributes attributes;
};

struct Scope {
  std::string name;
  std::string version;
};

struct SpanEvent {
  std::string name;
  UnixTime time;
  Attributes attributes;
};

struct SpanLink {
  std::string trace_id;
  std::string span_id;
  Attributes attributes;
};

class Span : public Record {
 public:
  std::string name() const;
  SpanKind kind() const;
  std::string trace_id() const;
  std::string span_id() const;
  std::string parent_span_id() const;  // empty: a root
  UnixTime start() const;
  UnixTime end() const;
  std::chrono::nanoseconds duration() const;
  SpanStatus status() const;
  std::string status_message() const;
  Attributes attributes() const;
  Value attribute(std::string_view name) const;  // null if there is none
  std::vector<SpanEvent> events() const;
  std::vector<SpanLink> links() const;
  Resource resource() const;
  Scope scope() const;
  std::string dataset() const;  // where Honeycomb files it

  // Among everything that was recorded so far.
  std::optional<Span> parent() const;
  std::vector<Span> children() const;

 private:
  friend struct detail::Access;
  using Record::Record;
};

// A log record that came by OTLP.
class LogRecord : public Record {
 public:
  Value body() const;
  std::string message() const;  // the body, where it is text
  std::string severity_text() const;
  int severity_number() const;
  std::string trace_id() const;
  std::string span_id() const;
  Attributes attributes() const;
  Resource resource() const;
  Scope scope() const;

 private:
  friend struct detail::Access;
  using Record::Record;
};

// A data point of a metric that came by OTLP.
class MetricPoint : public Record {
 public:
  std::string name() const;  // of its metric, like unit and type
  std::string unit() const;
  std::string type() const;     // "gauge", "sum", "histogram", "exponential_histogram", "summary"
  Value value() const;          // of a gauge or a sum; null elsewhere
  std::uint64_t count() const;  // of a histogram or a summary, like the sum
  double sum() const;
  Attributes attributes() const;
  Resource resource() const;
  Scope scope() const;

 private:
  friend struct detail::Access;
  using Record::Record;
};

// A row as Honeycomb stores it: sent as an event, or made of a span, a span event, a link, a log record or a data
// point.
class HoneycombEvent : public Record {
 public:
  std::string dataset() const;
  std::string type() const;  // "event", "span", "span_event", "link", "log", "metric"
  std::int64_t sample_rate() const;
  Attributes columns() const;
  Value column(std::string_view name) const;  // null if there is none

 private:
  friend struct detail::Access;
  using Record::Record;
};

// ---- X-Ray

// A frame of a stack, at X-Ray or Rollbar.
struct Frame {
  std::string filename;
  std::string method;
  std::string code;
  int lineno = 0;
  Value locals;
};

struct SegmentException {
  std::string id;
  std::string type;
  std::string message;
  bool remote = false;
  std::vector<Frame> frames;  // filename: its path, method: its label
};

// A subsegment, within its segment or sent on its own.
class Subsegment : public Record {
 public:
  std::string name() const;
  std::string name_space() const;  // "aws", "remote", "local"; empty: none
  std::string segment_id() const;  // its own "id"
  std::string trace_id() const;
  std::string parent_id() const;
  std::chrono::nanoseconds duration() const;
  bool in_progress() const;
  std::vector<SegmentException> exceptions() const;  // of its cause
  std::string cause_id() const;                      // where the cause is an exception further below; else empty
  Value annotation(std::string_view key) const;
  Value metadata(std::string_view namespace_, std::string_view key) const;
  bool fault() const;
  bool error() const;
  bool throttle() const;
  std::vector<Subsegment> subsegments() const;  // directly below, in the order of the document

 protected:
  friend struct detail::Access;
  using Record::Record;
};

class Segment : public Subsegment {
 public:
  std::string origin() const;
  std::string user() const;
  int http_status() const;  // 0: none
  std::string http_method() const;
  std::string http_url() const;
  std::string sampling_rule() const;  // by which it was sampled; empty: by none of X-Ray's

 private:
  friend struct detail::Access;
  using Subsegment::Subsegment;
};

// Every subsegment within, at any depth, in the order of the document.
std::vector<Subsegment> all_subsegments(const Subsegment& of);

// ---- CloudWatch Logs

class LogEvent : public Record {
 public:
  std::string log_group() const;
  std::string log_stream() const;
  std::string message() const;
  std::chrono::sys_time<std::chrono::milliseconds> timestamp() const;
  std::chrono::sys_time<std::chrono::milliseconds> ingestion_time() const;
  std::string account() const;
  std::string region() const;
  // Every accepted event of the PutLogEvents call that brought this one, this one included.
  std::vector<LogEvent> batch() const;

 private:
  friend struct detail::Access;
  using Record::Record;
};

// ---- Rollbar

struct Exception {
  std::string type;  // Rollbar calls it class
  std::string message;
  std::string description;
  std::vector<Frame> frames;
};

class RollbarItem : public Record {
 public:
  std::string level() const;
  std::string environment() const;
  std::string message() const;  // of a message item: body.message.body
  std::string title() const;
  std::string uuid() const;
  std::string language() const;
  std::string framework() const;
  std::string context() const;
  std::vector<Exception> exceptions() const;  // the trace, or every trace of the chain
  Value body() const;
  Value request() const;
  Value person() const;
  Value server() const;
  Value custom() const;

 private:
  friend struct detail::Access;
  using Record::Record;
};

// What a call reported of a deploy: its start or its whole, or a change of it. What it did not say is empty.
class Deploy : public Record {
 public:
  std::int64_t deploy_id() const;
  std::string environment() const;
  std::string revision() const;
  std::string status() const;
  std::string comment() const;
  std::string rollbar_username() const;
  std::string local_username() const;

 private:
  friend struct detail::Access;
  using Record::Record;
};

// ---- entries and findings

enum class Severity { info, warning, error };

// One request or datagram with its reply.
class Entry {
 public:
  std::string id() const;  // "default/7"
  std::uint64_t ordinal() const;
  std::string vendor() const;
  std::string door() const;
  std::string method() const;  // empty: a datagram
  std::string target() const;
  std::string head() const;  // as it came
  std::string header(std::string_view name) const;
  std::string body() const;  // as it came, before its content coding was undone
  int status() const;        // of the reply that the vendor decided
  std::string reply_body() const;
  bool answered() const;  // the reply was written
  UnixTime received() const;
  std::vector<std::string> finding_ids() const;
  std::string show_command() const;

 private:
  friend struct detail::Access;
  explicit Entry(std::shared_ptr<const detail::HeldEntry> held) : held_(std::move(held)) {}
  std::shared_ptr<const detail::HeldEntry> held_;
};

std::ostream& operator<<(std::ostream& out, const Entry& entry);

// One thing wrong or noteworthy, folded over everything that was recorded.
struct Finding {
  std::string id;
  std::string vendor;
  Severity severity = Severity::info;
  std::string place;
  std::string message;
  std::string detail;  // what was seen the first time
  std::string mend;
  std::uint64_t count = 0;
  std::vector<std::uint64_t> examples;  // entries
};

std::ostream& operator<<(std::ostream& out, const Finding& finding);
std::string_view name_of(Severity severity);

}  // namespace understudy
