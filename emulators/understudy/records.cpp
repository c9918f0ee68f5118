#include "understudy/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "contract/requirements.h"
#include "understudy/house.h"

namespace understudy {

using nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

UnixTime at_ns(std::int64_t ns) { return UnixTime(nanoseconds(ns)); }

std::chrono::sys_time<milliseconds> at_ms(std::int64_t ms) {
  return std::chrono::sys_time<milliseconds>(milliseconds(ms));
}

Attributes attributes_of(const Value& object) {
  Attributes attributes;
  for (const auto& [name, value] : object.object()) attributes.emplace(name, value);
  return attributes;
}

template <typename Name, std::size_t Count>
Name named(const std::array<std::string_view, Count>& names, std::string_view written) {
  const auto found = std::find(names.begin(), names.end(), written);
  return found == names.end() ? Name{} : static_cast<Name>(found - names.begin());
}

constexpr std::array<std::string_view, 6> span_kinds = {"UNSPECIFIED", "INTERNAL", "SERVER",
                                                        "CLIENT",      "PRODUCER", "CONSUMER"};
constexpr std::array<std::string_view, 3> span_statuses = {"UNSET", "OK", "ERROR"};
constexpr std::array<std::string_view, 3> severities = {"info", "warning", "error"};

}  // namespace

// ---- every record

std::string Record::id() const { return record_id(held_->record); }
std::string Record::vendor() const { return held_->record.vendor; }
std::string Record::record_kind() const { return held_->record.kind; }
UnixTime Record::time() const { return at_ns(held_->record.time_ns); }
std::uint64_t Record::entry_ordinal() const { return held_->record.entry; }

Entry Record::entry() const {
  auto entry = held_->source->capture().journal->read(entry_ordinal());
  return detail::Access::make(entry ? std::move(*entry) : recording::Entry{}, held_->source);
}

Value Record::field(std::string_view path) const {
  ordered_json own;
  const ordered_json* found = find_field(held_->record, path, own);
  return found == nullptr ? Value() : detail::from_json(*found);
}

Value Record::fields() const { return detail::from_json(held_->record.fields); }

std::string Record::json() const {
  return to_json(held_->record).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string Record::show_command() const { return held_->source->show(id()); }

std::string Record::text(std::string_view path) const {
  ordered_json own;
  const ordered_json* found = find_field(held_->record, path, own);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

Attributes Record::attributes_at(std::string_view path) const { return attributes_of(field(path)); }

std::ostream& operator<<(std::ostream& out, const Record& record) {
  return out << contract::sketch(detail::Access::held(record).record);
}

// ---- Honeycomb

std::string Span::name() const { return text("name"); }
SpanKind Span::kind() const { return named<SpanKind>(span_kinds, text("kind")); }
std::string Span::trace_id() const { return text("trace_id"); }
std::string Span::span_id() const { return text("span_id"); }
std::string Span::parent_span_id() const { return text("parent_span_id"); }
UnixTime Span::start() const { return at_ns(field("start_time_unix_nano").integer()); }
UnixTime Span::end() const { return at_ns(field("end_time_unix_nano").integer()); }
nanoseconds Span::duration() const { return end() - start(); }
SpanStatus Span::status() const { return named<SpanStatus>(span_statuses, text("status.code")); }
std::string Span::status_message() const { return text("status.message"); }
Attributes Span::attributes() const { return attributes_at("attributes"); }
Value Span::attribute(std::string_view name) const { return field(fmt::format("attributes.{}", name)); }
Resource Span::resource() const { return {attributes_at("resource.attributes")}; }
Scope Span::scope() const { return {text("scope.name"), text("scope.version")}; }
std::string Span::dataset() const { return text("dataset"); }

std::vector<SpanEvent> Span::events() const {
  std::vector<SpanEvent> events;
  for (const Value& event : field("events").list()) {
    events.push_back(
        {event["name"].text(), at_ns(event["time_unix_nano"].integer()), attributes_of(event["attributes"])});
  }
  return events;
}

std::vector<SpanLink> Span::links() const {
  std::vector<SpanLink> links;
  for (const Value& link : field("links").list()) {
    links.push_back({link["trace_id"].text(), link["span_id"].text(), attributes_of(link["attributes"])});
  }
  return links;
}

std::optional<Span> Span::parent() const {
  std::unique_lock<std::mutex> lock;
  const auto found = held_->source->traces(lock).parent_of(held_->record);
  if (found == nullptr) return std::nullopt;
  return detail::Access::make<Span>(recording::Record(*found), held_->source);
}

std::vector<Span> Span::children() const {
  std::unique_lock<std::mutex> lock;
  std::vector<Span> children;
  for (const auto& child : held_->source->traces(lock).children_of(held_->record)) {
    children.push_back(detail::Access::make<Span>(recording::Record(*child), held_->source));
  }
  return children;
}

Value LogRecord::body() const { return field("body"); }
std::string LogRecord::message() const { return text("body"); }
std::string LogRecord::severity_text() const { return text("severity_text"); }
int LogRecord::severity_number() const { return static_cast<int>(field("severity_number").integer()); }
std::string LogRecord::trace_id() const { return text("trace_id"); }
std::string LogRecord::span_id() const { return text("span_id"); }
Attributes LogRecord::attributes() const { return attributes_at("attributes"); }
Resource LogRecord::resource() const { return {attributes_at("resource.attributes")}; }
Scope LogRecord::scope() const { return {text("scope.name"), text("scope.version")}; }

std::string MetricPoint::name() const { return text("name"); }
std::string MetricPoint::unit() const { return text("unit"); }
std::string MetricPoint::type() const { return text("type"); }
Value MetricPoint::value() const { return field("value"); }
std::uint64_t MetricPoint::count() const { return static_cast<std::uint64_t>(field("count").integer()); }
double MetricPoint::sum() const { return field("sum").number(); }
Attributes MetricPoint::attributes() const { return attributes_at("attributes"); }
Resource MetricPoint::resource() const { return {attributes_at("resource.attributes")}; }
Scope MetricPoint::scope() const { return {text("scope.name"), text("scope.version")}; }

std::string HoneycombEvent::dataset() const { return text("dataset"); }
std::string HoneycombEvent::type() const { return text("type"); }
std::int64_t HoneycombEvent::sample_rate() const { return field("samplerate").integer(); }
Attributes HoneycombEvent::columns() const { return attributes_at("data"); }
Value HoneycombEvent::column(std::string_view name) const { return field(fmt::format("data.{}", name)); }

// ---- X-Ray

std::string Subsegment::name() const { return text("name"); }
std::string Subsegment::segment_id() const { return held_->record.fields.value("id", ""); }
std::string Subsegment::trace_id() const { return text("trace_id"); }
std::string Subsegment::parent_id() const { return text("parent_id"); }

nanoseconds Subsegment::duration() const {
  const double seconds = field("end_time").number() - field("start_time").number();
  return nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

Value Subsegment::annotation(std::string_view key) const { return field(fmt::format("annotations.{}", key)); }
Value Subsegment::metadata(std::string_view namespace_, std::string_view key) const {
  return field(fmt::format("metadata.{}.{}", namespace_, key));
}
std::string Subsegment::name_space() const { return text("namespace"); }
bool Subsegment::in_progress() const { return field("in_progress").boolean(); }
std::string Subsegment::cause_id() const { return text("cause"); }

std::vector<SegmentException> Subsegment::exceptions() const {
  std::vector<SegmentException> exceptions;
  for (const Value& from : field("cause.exceptions").list()) {
    SegmentException& one = exceptions.emplace_back(
        SegmentException{from["id"].text(), from["type"].text(), from["message"].text(), from["remote"].boolean(), {}});
    for (const Value& frame : from["stack"].list()) {
      one.frames.push_back(
          {frame["path"].text(), frame["label"].text(), {}, static_cast<int>(frame["line"].integer()), {}});
    }
  }
  return exceptions;
}

bool Subsegment::fault() const { return field("fault").boolean(); }
bool Subsegment::error() const { return field("error").boolean(); }
bool Subsegment::throttle() const { return field("throttle").boolean(); }

std::vector<Subsegment> Subsegment::subsegments() const {
  std::vector<Subsegment> list;
  for (auto& inner : contract::subsegments_of(held_->record)) {
    list.push_back(detail::Access::make<Subsegment>(std::move(inner), held_->source));
  }
  return list;
}

std::vector<Subsegment> all_subsegments(const Subsegment& of) {
  std::vector<Subsegment> list;
  for (const Subsegment& inner : of.subsegments()) {
    list.push_back(inner);
    for (const Subsegment& deeper : all_subsegments(inner)) list.push_back(deeper);
  }
  return list;
}

std::string Segment::origin() const { return text("origin"); }
std::string Segment::user() const { return text("user"); }
int Segment::http_status() const { return static_cast<int>(field("http.response.status").integer()); }
std::string Segment::http_method() const { return text("http.request.method"); }
std::string Segment::http_url() const { return text("http.request.url"); }

std::string Segment::sampling_rule() const {
  const std::string name = text("aws.xray.sampling_rule_name");
  return name.empty() ? text("aws.xray.rule_name") : name;  // as the SDK for Node spells it
}

// ---- CloudWatch Logs

std::string LogEvent::log_group() const { return text("log_group"); }
std::string LogEvent::log_stream() const { return text("log_stream"); }
std::string LogEvent::message() const { return text("message"); }
std::chrono::sys_time<milliseconds> LogEvent::timestamp() const { return at_ms(field("timestamp").integer()); }
std::chrono::sys_time<milliseconds> LogEvent::ingestion_time() const {
  return at_ms(field("ingestion_time").integer());
}
std::string LogEvent::account() const { return text("account"); }
std::string LogEvent::region() const { return text("region"); }

std::vector<LogEvent> LogEvent::batch() const {
  std::vector<LogEvent> events;
  (void)session::read_records(held_->source->capture(), entry_ordinal(), vendor(),
                              [&](recording::Record&& record, const recording::Entry&) {
                                events.push_back(detail::Access::make<LogEvent>(std::move(record), held_->source));
                              });
  return events;
}

// ---- Rollbar

namespace {

Exception exception_of(const Value& trace) {
  const Value& from = trace["exception"];
  Exception exception{from["class"].text(), from["message"].text(), from["description"].text(), {}};
  for (const Value& frame : trace["frames"].list()) {
    exception.frames.push_back({frame["filename"].text(), frame["method"].text(), frame["code"].text(),
                                static_cast<int>(frame["lineno"].integer()), frame["locals"]});
  }
  return exception;
}

}  // namespace

std::string RollbarItem::level() const { return text("level"); }
std::string RollbarItem::environment() const { return text("environment"); }
std::string RollbarItem::message() const { return text("body.message.body"); }
std::string RollbarItem::title() const { return text("title"); }
std::string RollbarItem::uuid() const { return text("uuid"); }
std::string RollbarItem::language() const { return text("language"); }
std::string RollbarItem::framework() const { return text("framework"); }
std::string RollbarItem::context() const { return text("context"); }
Value RollbarItem::body() const { return field("body"); }
Value RollbarItem::request() const { return field("request"); }
Value RollbarItem::person() const { return field("person"); }
Value RollbarItem::server() const { return field("server"); }
Value RollbarItem::custom() const { return field("custom"); }

std::vector<Exception> RollbarItem::exceptions() const {
  std::vector<Exception> exceptions;
  const Value of = body();
  if (!of["trace"].is_null()) exceptions.push_back(exception_of(of["trace"]));
  for (const Value& trace : of["trace_chain"].list()) exceptions.push_back(exception_of(trace));
  return exceptions;
}

std::int64_t Deploy::deploy_id() const { return field("id").integer(); }
std::string Deploy::environment() const { return text("environment"); }
std::string Deploy::revision() const { return text("revision"); }
std::string Deploy::status() const { return text("status"); }
std::string Deploy::comment() const { return text("comment"); }
std::string Deploy::rollbar_username() const { return text("rollbar_username"); }
std::string Deploy::local_username() const { return text("local_username"); }

// ---- entries and findings

std::uint64_t Entry::ordinal() const { return held_->entry.ordinal; }
std::string Entry::vendor() const { return held_->entry.vendor; }
std::string Entry::door() const { return held_->entry.door; }
std::string Entry::method() const { return std::string(held_->entry.request().method); }
std::string Entry::target() const { return std::string(held_->entry.request().target); }
std::string Entry::head() const { return held_->entry.head; }
std::string Entry::body() const { return std::string(held_->entry.body); }
int Entry::status() const { return held_->entry.reply.status; }
std::string Entry::reply_body() const { return held_->entry.reply.body; }
UnixTime Entry::received() const { return at_ns(held_->entry.moment.wall_ns); }

std::string Entry::header(std::string_view name) const {
  const recording::Request request = held_->entry.request();
  return std::string(request.header(name).value_or(""));
}

bool Entry::answered() const {
  const recording::Row& row = held_->source->capture().journal->row(ordinal());
  return row.outcome.load(std::memory_order_acquire) == recording::Outcome::written;
}

std::vector<std::string> Entry::finding_ids() const {
  std::vector<std::string> ids;
  for (const recording::Finding& finding : held_->entry.findings) ids.push_back(finding.id);
  return ids;
}

std::string Entry::show_command() const { return held_->source->show(std::to_string(ordinal())); }
std::string Entry::id() const { return fmt::format("{}/{}", held_->source->session().name(), ordinal()); }

std::ostream& operator<<(std::ostream& out, const Entry& entry) {
  const std::string method = entry.method();
  if (method.empty()) return out << fmt::format("entry {}: datagram at {}", entry.ordinal(), entry.door());
  return out << fmt::format("entry {}: {} {} at {}, {}", entry.ordinal(), method, entry.target(), entry.door(),
                            entry.status());
}

std::string_view name_of(Severity severity) { return severities[static_cast<std::size_t>(severity)]; }

std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  return out << fmt::format("{} ({}, {} times) at {}: {} {}", finding.id, name_of(finding.severity), finding.count,
                            finding.place, finding.message, finding.mend);
}

}  // namespace understudy
