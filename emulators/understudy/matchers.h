// GoogleMock matchers for what arrived. Needs GoogleMock 1.12 or later; nothing else of the library does.
//
//   EXPECT_THAT(spans, ElementsAre(AllOf(HasAttribute("app.result_length", 3), IsChildOf(server_span("/home")))));
//   EXPECT_THAT(vendors.honeycomb().spans(), Includes(HasName("home"), HasStatus(SpanStatus::ok)));
//   EXPECT_THAT(vendors, HasNoFindings());
//
// They compose with GoogleMock's own. A failing one says what differed, and prints the command that shows the bytes.
// A matcher on a record for which it means nothing does not compile. docs/matchers.md lists them all.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "understudy/requirement.h"
#include "understudy/understudy.h"

namespace understudy {

namespace detail {

inline bool test_failed() { return testing::Test::HasFailure(); }

// Of a record or an entry.
template <typename R>
void explain(const R& record, const std::string& why, testing::MatchResultListener& listener) {
  listener << why << "\n    its bytes: " << show_command(record, &test_failed);
}

template <typename R, typename... Records>
inline constexpr bool is_one_of = (std::is_same_v<R, Records> || ...);

template <typename R, typename... Records>
constexpr void check_record() {
  static_assert(is_one_of<R, Records...>, "this matcher means nothing for a record of this type: see docs/matchers.md");
}

// A requirement of one of these types of record.
template <typename... Records>
class RequirementMatcher {
 public:
  using is_gtest_matcher = void;

  explicit RequirementMatcher(Requirement requirement) : requirement_(std::move(requirement)) {}

  template <typename R>
  bool MatchAndExplain(const R& record, testing::MatchResultListener* listener) const {
    check_record<R, Records...>();
    if constexpr (is_one_of<R, Records...>) {
      if (requirement_.holds(record)) return true;
      if (listener->IsInterested()) explain(record, requirement_.why_not(record), *listener);
    }
    return false;
  }
  void DescribeTo(std::ostream* out) const { *out << "has " << requirement_.text(); }
  void DescribeNegationTo(std::ostream* out) const { *out << "has not " << requirement_.text(); }

 private:
  Requirement requirement_;
};

// A part of the record, taken by `Take`, that an inner matcher holds to something.
template <typename Part, typename Take, typename... Records>
class PartMatcher {
 public:
  using is_gtest_matcher = void;

  PartMatcher(std::string what, Take take, testing::Matcher<const Part&> inner)
      : what_(std::move(what)), take_(std::move(take)), inner_(std::move(inner)) {}

  template <typename R>
  bool MatchAndExplain(const R& record, testing::MatchResultListener* listener) const {
    check_record<R, Records...>();
    if constexpr (is_one_of<R, Records...>) {
      const Part part = take_(record);
      if (!listener->IsInterested()) return inner_.Matches(part);
      testing::StringMatchResultListener inner;
      if (inner_.MatchAndExplain(part, &inner)) return true;
      std::string why = what_ + " is " + testing::PrintToString(part);
      if (!inner.str().empty()) why += ", " + inner.str();
      explain(record, why, *listener);
    }
    return false;
  }
  void DescribeTo(std::ostream* out) const {
    *out << "has a " << what_ << " that ";
    inner_.DescribeTo(out);
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "has a " << what_ << " that ";
    inner_.DescribeNegationTo(out);
  }

 private:
  std::string what_;
  Take take_;
  testing::Matcher<const Part&> inner_;
};

template <typename Part, typename... Records, typename Take>
PartMatcher<Part, Take, Records...> part(std::string what, Take take, testing::Matcher<const Part&> inner) {
  return {std::move(what), std::move(take), std::move(inner)};
}

template <typename... Records>
RequirementMatcher<Records...> field_is(std::string path, Value value) {
  return RequirementMatcher<Records...>(Requirement::that({std::move(path), "=", std::move(value)}));
}

// The value at a path, by a matcher on Value: Text(...), Number(...).
template <typename... Records>
auto field_matches(std::string path, testing::Matcher<const Value&> inner) {
  const std::string what = spoken(path);
  return part<Value, Records...>(
      what, [path = std::move(path)](const auto& record) { return record.field(path); }, std::move(inner));
}

template <typename T>
inline constexpr bool is_text = std::is_convertible_v<T, std::string>;

// A text: said as it must be, or by a matcher on std::string.
template <typename... Records, typename Wanted, typename Take>
auto text_of(std::string path, std::string what, Take take, Wanted&& wanted) {
  if constexpr (is_text<Wanted>) {
    return field_is<Records...>(std::move(path), std::string(std::forward<Wanted>(wanted)));
  } else {
    return part<std::string, Records...>(std::move(what), std::move(take),
                                         testing::SafeMatcherCast<const std::string&>(std::forward<Wanted>(wanted)));
  }
}

}  // namespace detail

// ---- values

// A value that is text, by a matcher on std::string: HasAttribute("app.now", Text(StartsWith("2023"))).
template <typename Inner>
testing::Matcher<const Value&> Text(Inner&& inner) {
  return testing::AllOf(testing::Property("is_text", &Value::is_text, true),
                        testing::ResultOf(
                            "text", [](const Value& value) { return value.text(); },
                            testing::SafeMatcherCast<const std::string&>(std::forward<Inner>(inner))));
}

// A value that is a number, by a matcher on double: HasAttribute("http.status_code", Number(Lt(500))).
template <typename Inner>
testing::Matcher<const Value&> Number(Inner&& inner) {
  return testing::AllOf(
      testing::Property("is_number", &Value::is_number, true),
      testing::Property("number", &Value::number, testing::SafeMatcherCast<const double&>(std::forward<Inner>(inner))));
}

// ---- any record

// The value at a path: "body.trace.frames.0.lineno". For what no other matcher names.
inline auto HasField(std::string path, Value value) {
  return detail::field_is<Span, LogRecord, MetricPoint, HoneycombEvent, Segment, Subsegment, LogEvent, RollbarItem,
                          Deploy>(std::move(path), std::move(value));
}
inline auto HasField(std::string path, testing::Matcher<const Value&> inner) {
  return detail::field_matches<Span, LogRecord, MetricPoint, HoneycombEvent, Segment, Subsegment, LogEvent, RollbarItem,
                               Deploy>(std::move(path), std::move(inner));
}

// ---- spans, segments, subsegments

template <typename Wanted>
auto HasName(Wanted&& wanted) {
  return detail::text_of<Span, MetricPoint, Segment, Subsegment>(
      "name", "name", [](const auto& record) { return record.name(); }, std::forward<Wanted>(wanted));
}

inline auto HasAttribute(const std::string& name) {
  return detail::RequirementMatcher<Span, LogRecord, MetricPoint>(Requirement::that({"attributes." + name, "exists"}));
}
inline auto HasAttribute(const std::string& name, Value value) {
  return detail::field_is<Span, LogRecord, MetricPoint>("attributes." + name, std::move(value));
}
inline auto HasAttribute(const std::string& name, testing::Matcher<const Value&> inner) {
  return detail::field_matches<Span, LogRecord, MetricPoint>("attributes." + name, std::move(inner));
}
inline auto HasResourceAttribute(const std::string& name) {
  return detail::RequirementMatcher<Span, LogRecord, MetricPoint>(
      Requirement::that({"resource.attributes." + name, "exists"}));
}
inline auto HasResourceAttribute(const std::string& name, Value value) {
  return detail::field_is<Span, LogRecord, MetricPoint>("resource.attributes." + name, std::move(value));
}
inline auto HasResourceAttribute(const std::string& name, testing::Matcher<const Value&> inner) {
  return detail::field_matches<Span, LogRecord, MetricPoint>("resource.attributes." + name, std::move(inner));
}
inline auto HasScope(std::string name) {
  return detail::field_is<Span, LogRecord, MetricPoint>("scope.name", std::move(name));
}
inline auto HasScope(std::string name, std::string version) {
  return testing::AllOf(HasScope(std::move(name)),
                        detail::field_is<Span, LogRecord, MetricPoint>("scope.version", std::move(version)));
}
inline auto HasSeverity(std::string text) { return detail::field_is<LogRecord>("severity_text", std::move(text)); }

// Of a data point: its number, or a matcher on the value.
inline auto HasValue(Value value) { return detail::field_is<MetricPoint>("value", std::move(value)); }
inline auto HasValue(testing::Matcher<const Value&> inner) {
  return detail::field_matches<MetricPoint>("value", std::move(inner));
}
inline auto HasUnit(std::string unit) { return detail::field_is<MetricPoint>("unit", std::move(unit)); }

inline auto HasColumn(const std::string& name) {
  return detail::RequirementMatcher<HoneycombEvent>(Requirement::that({"data." + name, "exists"}));
}
inline auto HasColumn(const std::string& name, Value value) {
  return detail::field_is<HoneycombEvent>("data." + name, std::move(value));
}
inline auto HasColumn(const std::string& name, testing::Matcher<const Value&> inner) {
  return detail::field_matches<HoneycombEvent>("data." + name, std::move(inner));
}
// Where Honeycomb files it.
inline auto InDataset(std::string name) {
  return detail::field_is<Span, LogRecord, HoneycombEvent>("dataset", std::move(name));
}
inline auto HasSampleRate(std::int64_t rate) { return detail::field_is<HoneycombEvent>("samplerate", rate); }

inline auto HasKind(SpanKind kind) {
  constexpr const char* names[] = {"UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
  return detail::field_is<Span>("kind", names[static_cast<int>(kind)]);
}
inline auto HasStatus(SpanStatus status) {
  constexpr const char* names[] = {"UNSET", "OK", "ERROR"};
  return detail::field_is<Span>("status.code", names[static_cast<int>(status)]);
}
inline auto HasStatus(SpanStatus status, const std::string& message) {
  return testing::AllOf(HasStatus(status), detail::field_is<Span>("status.message", message));
}
inline auto IsRoot() {
  return detail::RequirementMatcher<Span>(Requirement::that({"parent_span_id", "does-not-exist"}));
}

// Its parent was recorded, and is meant by the query.
inline auto IsChildOf(const Query<Span>& parent) {
  return detail::RequirementMatcher<Span>(Requirement::parent(parent.conditions()));
}
inline auto IsChildOf(const Span& parent) {
  return detail::RequirementMatcher<Span>(
      Requirement::all_of({{"trace_id", "=", parent.trace_id()}, {"parent_span_id", "=", parent.span_id()}}));
}
// Its parent was recorded, by matchers on it: HasParent(HasName("GET /")).
template <typename... Inner>
auto HasParent(Inner&&... inner) {
  return detail::part<std::optional<Span>, Span>(
      "parent", [](const Span& span) { return span.parent(); },
      testing::Optional(
          testing::SafeMatcherCast<const Span&>(testing::AllOf(testing::_, std::forward<Inner>(inner)...))));
}

// A child of it was recorded, and is meant by the query, or meets the matchers.
inline auto HasChild(const Query<Span>& child) {
  return detail::RequirementMatcher<Span>(Requirement::child(child.conditions()));
}
template <typename First, typename... Inner>
  requires(!std::is_convertible_v<First, const Query<Span>&>)
auto HasChild(First&& first, Inner&&... inner);

template <typename Shortest, typename Longest>
auto DurationBetween(Shortest shortest, Longest longest) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return detail::part<double, Span, Segment, Subsegment>(
      "duration in milliseconds", [](const auto& record) { return Milliseconds(record.duration()).count(); },
      testing::AllOf(testing::Ge(Milliseconds(shortest).count()), testing::Le(Milliseconds(longest).count())));
}

// A span event.
inline auto HasEvent(const std::string& name) {
  return detail::part<std::vector<std::string>, Span>(
      "list of events",
      [](const Span& span) {
        std::vector<std::string> names;
        for (const SpanEvent& event : span.events()) names.push_back(event.name);
        return names;
      },
      testing::Contains(name));
}

inline void PrintTo(const SpanEvent& event, std::ostream* out) {
  *out << '"' << event.name << "\" with " << testing::PrintToString(event.attributes);
}
inline void PrintTo(const SpanLink& link, std::ostream* out) {
  *out << "trace " << link.trace_id << ", span " << link.span_id << " with " << testing::PrintToString(link.attributes);
}

// One whose attributes meet the matcher: HasEvent("exception", Contains(Pair("exception.type", "NameError"))).
inline auto HasEvent(const std::string& name, testing::Matcher<const Attributes&> attributes) {
  return detail::part<std::vector<SpanEvent>, Span>(
      "list of events", [](const Span& span) { return span.events(); },
      testing::Contains(testing::AllOf(testing::Field("name", &SpanEvent::name, name),
                                       testing::Field("attributes", &SpanEvent::attributes, std::move(attributes)))));
}

// A link to this span, whose attributes meet the matcher.
inline auto HasLinkTo(const std::string& trace_id, const std::string& span_id,
                      testing::Matcher<const Attributes&> attributes = testing::_) {
  return detail::part<std::vector<SpanLink>, Span>(
      "list of links", [](const Span& span) { return span.links(); },
      testing::Contains(testing::AllOf(testing::Field("trace_id", &SpanLink::trace_id, trace_id),
                                       testing::Field("span_id", &SpanLink::span_id, span_id),
                                       testing::Field("attributes", &SpanLink::attributes, std::move(attributes)))));
}
inline auto HasLinkTo(const Span& span, testing::Matcher<const Attributes&> attributes = testing::_) {
  return HasLinkTo(span.trace_id(), span.span_id(), std::move(attributes));
}

// ---- X-Ray

inline auto HasAnnotation(const std::string& key) {
  return detail::RequirementMatcher<Segment, Subsegment>(Requirement::that({"annotations." + key, "exists"}));
}
inline auto HasAnnotation(const std::string& key, Value value) {
  return detail::field_is<Segment, Subsegment>("annotations." + key, std::move(value));
}
inline auto HasAnnotation(const std::string& key, testing::Matcher<const Value&> inner) {
  return detail::field_matches<Segment, Subsegment>("annotations." + key, std::move(inner));
}
// SDKs put metadata without a namespace into "default".
inline auto HasMetadata(const std::string& name_space, const std::string& key, Value value) {
  return detail::field_is<Segment, Subsegment>("metadata." + name_space + "." + key, std::move(value));
}
inline auto HasMetadata(const std::string& name_space, const std::string& key, testing::Matcher<const Value&> inner) {
  return detail::field_matches<Segment, Subsegment>("metadata." + name_space + "." + key, std::move(inner));
}
inline auto HasHttpStatus(int status) { return detail::field_is<Segment, Subsegment>("http.response.status", status); }
inline auto HasFault() { return detail::field_is<Segment, Subsegment>("fault", true); }
inline auto HasError() { return detail::field_is<Segment, Subsegment>("error", true); }
inline auto HasThrottle() { return detail::field_is<Segment, Subsegment>("throttle", true); }
inline auto HasNamespace(std::string name) {  // "aws", "remote"
  return detail::field_is<Segment, Subsegment>("namespace", std::move(name));
}
inline auto IsInProgress() { return detail::field_is<Segment, Subsegment>("in_progress", true); }
inline auto HasOrigin(std::string origin) { return detail::field_is<Segment>("origin", std::move(origin)); }
inline auto HasUser(std::string user) { return detail::field_is<Segment>("user", std::move(user)); }
template <typename Wanted>
auto HasHttpMethod(Wanted&& wanted) {
  return detail::text_of<Segment, Subsegment>(
      "http.request.method", "method", [](const auto& record) { return record.field("http.request.method").text(); },
      std::forward<Wanted>(wanted));
}
template <typename Wanted>
auto HasHttpUrl(Wanted&& wanted) {
  return detail::text_of<Segment, Subsegment>(
      "http.request.url", "URL", [](const auto& record) { return record.field("http.request.url").text(); },
      std::forward<Wanted>(wanted));
}
// The rule of X-Ray's by which it was sampled.
template <typename Wanted>
auto HasSamplingRule(Wanted&& wanted) {
  return detail::part<std::string, Segment>(
      "sampling rule", [](const Segment& segment) { return segment.sampling_rule(); },
      testing::SafeMatcherCast<const std::string&>(testing::Matcher<std::string>(std::forward<Wanted>(wanted))));
}

// ---- lists, with the nearest miss

namespace detail {

// Some record of a list meets every inner matcher.
template <typename... Inner>
class IncludesMatcher {
 public:
  using is_gtest_matcher = void;

  explicit IncludesMatcher(Inner... inner) : inner_(std::move(inner)...) {}

  template <typename List>
  bool MatchAndExplain(const List& list, testing::MatchResultListener* listener) const {
    using R = typename List::value_type;
    const Matchers<R> matchers = of<R>();
    const R* nearest = nullptr;
    std::size_t most = 0;
    for (const R& record : list) {
      std::size_t met = 0;
      for (const auto& matcher : matchers) met += matcher.Matches(record) ? 1 : 0;
      if (met == matchers.size()) return true;
      if (nearest == nullptr || met > most) {
        nearest = &record;
        most = met;
      }
    }
    if (listener->IsInterested()) tell(list.size(), nearest, most, matchers, *listener);
    return false;
  }
  void DescribeTo(std::ostream* out) const {
    *out << "includes a record that ";
    describe(*out);
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "includes no record that ";
    describe(*out);
  }

 private:
  template <typename R>
  using Matchers = std::vector<testing::Matcher<const R&>>;

  template <typename R>
  Matchers<R> of() const {
    return std::apply([](const auto&... inner) { return Matchers<R>{testing::SafeMatcherCast<const R&>(inner)...}; },
                      inner_);
  }

  template <typename R>
  static void tell(std::size_t size, const R* nearest, std::size_t met, const Matchers<R>& matchers,
                   testing::MatchResultListener& listener) {
    if (nearest == nullptr) {
      listener << "which is empty";
      return;
    }
    listener << "of which none does; the nearest of " << size << " is the " << *nearest << ", which meets " << met
             << " of " << matchers.size() << ":";
    for (const auto& matcher : matchers) {
      testing::StringMatchResultListener why;
      if (!matcher.MatchAndExplain(*nearest, &why)) listener << "\n  " << why.str();
    }
  }

  template <typename One>
  static void describe_one(const One& one, std::ostream& out) {
    if constexpr (requires { one.DescribeTo(&out); }) {
      one.DescribeTo(&out);
    } else {
      out << "meets a matcher";
    }
  }
  void describe(std::ostream& out) const {
    std::size_t index = 0;
    std::apply([&](const auto&... one) { ((out << (index++ == 0 ? "" : " and "), describe_one(one, out)), ...); },
               inner_);
  }

  std::tuple<Inner...> inner_;
};

}  // namespace detail

// Includes(HasName("home"), HasAttribute("app.result_length", 3)): one record meets them all. Where none does, it names
// the nearest and what that one lacks.
template <typename... Inner>
auto Includes(Inner... inner) {
  return detail::IncludesMatcher<Inner...>(std::move(inner)...);
}

template <typename First, typename... Inner>
  requires(!std::is_convertible_v<First, const Query<Span>&>)
auto HasChild(First&& first, Inner&&... inner) {
  return detail::part<std::vector<Span>, Span>(
      "list of children", [](const Span& span) { return span.children(); },
      testing::SafeMatcherCast<const std::vector<Span>&>(
          Includes(std::forward<First>(first), std::forward<Inner>(inner)...)));
}

// A subsegment at any depth meets every inner matcher.
template <typename... Inner>
auto HasSubsegment(Inner&&... inner) {
  if constexpr (sizeof...(Inner) == 1 && (detail::is_text<Inner> && ...)) {
    return HasSubsegment(HasName(std::string(std::forward<Inner>(inner)))...);
  } else {
    return detail::part<std::vector<Subsegment>, Segment, Subsegment>(
        "list of subsegments", [](const Subsegment& record) { return all_subsegments(record); },
        testing::SafeMatcherCast<const std::vector<Subsegment>&>(Includes(std::forward<Inner>(inner)...)));
  }
}

// ---- CloudWatch Logs

inline auto InGroup(std::string name) { return detail::field_is<LogEvent>("log_group", std::move(name)); }
inline auto InStream(std::string name) { return detail::field_is<LogEvent>("log_stream", std::move(name)); }
// All events of its PutLogEvents, by a matcher on a list: InBatch(SizeIs(Le(10000u))).
template <typename Inner>
auto InBatch(Inner&& inner) {
  return detail::part<std::vector<LogEvent>, LogEvent>(
      "batch", [](const LogEvent& event) { return event.batch(); },
      testing::SafeMatcherCast<const std::vector<LogEvent>&>(std::forward<Inner>(inner)));
}

// ---- messages: log events and log records, items

namespace detail {

// Where each type of record keeps its message.
template <typename Wanted>
class MessageMatcher {
 public:
  using is_gtest_matcher = void;
  explicit MessageMatcher(Wanted wanted) : wanted_(std::move(wanted)) {}

  template <typename R>
  bool MatchAndExplain(const R& record, testing::MatchResultListener* listener) const {
    check_record<R, LogEvent, LogRecord, RollbarItem>();
    if constexpr (is_one_of<R, LogEvent, LogRecord, RollbarItem>) {
      return of<R>().MatchAndExplain(record, listener);
    } else {
      return false;
    }
  }
  void DescribeTo(std::ostream* out) const { of<LogEvent>().DescribeTo(out); }
  void DescribeNegationTo(std::ostream* out) const { of<LogEvent>().DescribeNegationTo(out); }

 private:
  template <typename R>
  auto of() const {
    constexpr const char* path = std::is_same_v<R, LogEvent>    ? "message"
                                 : std::is_same_v<R, LogRecord> ? "body"
                                                                : "body.message.body";
    return text_of<R>(path, "message", [](const R& record) { return record.message(); }, wanted_);
  }
  Wanted wanted_;
};

}  // namespace detail

template <typename Wanted>
auto HasMessage(Wanted&& wanted) {
  if constexpr (detail::is_text<Wanted>) {
    return detail::MessageMatcher<std::string>(std::string(std::forward<Wanted>(wanted)));
  } else {
    return detail::MessageMatcher<std::decay_t<Wanted>>(std::forward<Wanted>(wanted));
  }
}

// ---- Rollbar

inline auto HasLevel(std::string level) { return detail::field_is<RollbarItem>("level", std::move(level)); }
inline auto HasEnvironment(std::string name) {
  return detail::field_is<RollbarItem, Deploy>("environment", std::move(name));
}
inline auto HasContext(std::string context) { return detail::field_is<RollbarItem>("context", std::move(context)); }
inline auto HasFramework(std::string name) { return detail::field_is<RollbarItem>("framework", std::move(name)); }
inline auto HasLanguage(std::string name) { return detail::field_is<RollbarItem>("language", std::move(name)); }
inline auto HasUuid(std::string uuid) { return detail::field_is<RollbarItem>("uuid", std::move(uuid)); }
inline auto HasPerson(std::string id) { return detail::field_is<RollbarItem>("person.id", std::move(id)); }
inline auto HasCustom(const std::string& name, Value value) {
  return detail::field_is<RollbarItem>("custom." + name, std::move(value));
}
inline auto HasCustom(const std::string& name, testing::Matcher<const Value&> inner) {
  return detail::field_matches<RollbarItem>("custom." + name, std::move(inner));
}
// The request that failed.
template <typename Wanted>
auto HasRequestUrl(Wanted&& wanted) {
  return detail::text_of<RollbarItem>(
      "request.url", "URL of the request", [](const auto& record) { return record.field("request.url").text(); },
      std::forward<Wanted>(wanted));
}
inline auto HasRequestMethod(std::string method) {
  return detail::field_is<RollbarItem>("request.method", std::move(method));
}

inline auto HasRevision(std::string revision) { return detail::field_is<Deploy>("revision", std::move(revision)); }

namespace detail {

// The classes of an item's exceptions, or of a span's exception events.
inline std::vector<std::string> exception_types(const RollbarItem& item) {
  std::vector<std::string> types;
  for (const Exception& exception : item.exceptions()) types.push_back(exception.type);
  return types;
}
inline std::vector<std::string> exception_types(const Span& span) {
  std::vector<std::string> types;
  for (const SpanEvent& event : span.events()) {
    const auto type = event.attributes.find("exception.type");
    if (event.name == "exception" && type != event.attributes.end()) types.push_back(type->second.text());
  }
  return types;
}

inline std::vector<std::string> exception_types(const Subsegment& segment) {
  std::vector<std::string> types;
  for (const SegmentException& exception : segment.exceptions()) types.push_back(exception.type);
  return types;
}

using Told = std::pair<std::string, std::string>;  // type and message

inline std::vector<Told> told_exceptions(const RollbarItem& item) {
  std::vector<Told> told;
  for (const Exception& exception : item.exceptions()) told.emplace_back(exception.type, exception.message);
  return told;
}
inline std::vector<Told> told_exceptions(const Subsegment& segment) {
  std::vector<Told> told;
  for (const SegmentException& exception : segment.exceptions()) told.emplace_back(exception.type, exception.message);
  return told;
}
inline std::vector<Told> told_exceptions(const Span& span) {
  std::vector<Told> told;
  const auto text = [](const SpanEvent& event, std::string_view name) {
    const auto found = event.attributes.find(name);
    return found == event.attributes.end() ? std::string() : found->second.text();
  };
  for (const SpanEvent& event : span.events()) {
    if (event.name != "exception") continue;
    told.emplace_back(text(event, "exception.type"), text(event, "exception.message"));
  }
  return told;
}

template <typename Of>
std::vector<std::string> frames_of(const Of& record) {
  std::vector<std::string> frames;
  for (const auto& exception : record.exceptions()) {
    for (const Frame& frame : exception.frames) frames.push_back(frame.filename + " in " + frame.method);
  }
  return frames;
}

}  // namespace detail

// Of an item's traces, a span's exception events, a segment's cause.
inline auto HasException(const std::string& type) {
  return detail::part<std::vector<std::string>, RollbarItem, Span, Segment, Subsegment>(
      "list of exceptions", [](const auto& record) { return detail::exception_types(record); },
      testing::Contains(type));
}
// With a matcher on its message.
inline auto HasException(const std::string& type, testing::Matcher<const std::string&> message) {
  return detail::part<std::vector<detail::Told>, RollbarItem, Span, Segment, Subsegment>(
      "list of exceptions", [](const auto& record) { return detail::told_exceptions(record); },
      testing::Contains(testing::Pair(type, std::move(message))));
}
// A frame in a file whose path ends like this, in this method.
inline auto HasFrame(const std::string& filename, const std::string& method) {
  return detail::part<std::vector<std::string>, RollbarItem, Segment, Subsegment>(
      "list of frames", [](const auto& record) { return detail::frames_of(record); },
      testing::Contains(testing::EndsWith(filename + " in " + method)));
}

// ---- entries: requests and datagrams, with what the vendor answered

inline auto HasTarget(testing::Matcher<const std::string&> inner) {
  return detail::part<std::string, Entry>(
      "target", [](const Entry& entry) { return entry.target(); }, std::move(inner));
}
// "" where there is none.
inline auto HasHeader(const std::string& name, testing::Matcher<const std::string&> inner) {
  return detail::part<std::string, Entry>(
      "header " + name, [name](const Entry& entry) { return entry.header(name); }, std::move(inner));
}
inline auto HasBody(testing::Matcher<const std::string&> inner) {
  return detail::part<std::string, Entry>("body", [](const Entry& entry) { return entry.body(); }, std::move(inner));
}
inline auto HasReply(testing::Matcher<const int&> status) {
  return detail::part<int, Entry>("status", [](const Entry& entry) { return entry.status(); }, std::move(status));
}
inline auto HasReply(testing::Matcher<const int&> status, testing::Matcher<const std::string&> body) {
  return testing::AllOf(HasReply(std::move(status)),
                        detail::part<std::string, Entry>(
                            "reply", [](const Entry& entry) { return entry.reply_body(); }, std::move(body)));
}
inline auto IsAnswered() {
  return detail::part<bool, Entry>(
      "reply written", [](const Entry& entry) { return entry.answered(); }, testing::IsTrue());
}
// The entry that brought a record, by matchers on it: CameBy(HasHeader("content-encoding", "gzip")).
template <typename... Inner>
auto CameBy(Inner&&... inner) {
  return detail::part<Entry, Span, LogRecord, MetricPoint, HoneycombEvent, Segment, Subsegment, LogEvent, RollbarItem,
                      Deploy>(
      "entry", [](const auto& record) { return record.entry(); },
      testing::SafeMatcherCast<const Entry&>(testing::AllOf(testing::_, std::forward<Inner>(inner)...)));
}

// ---- findings: of an Understudy, or of one vendor

class HasNoFindingsMatcher {
 public:
  using is_gtest_matcher = void;
  explicit HasNoFindingsMatcher(Severity from) : from_(from) {}

  template <typename Vendors>
  bool MatchAndExplain(const Vendors& vendors, testing::MatchResultListener* listener) const {
    bool none = true;
    for (const Finding& finding : vendors.findings()) {
      if (finding.severity < from_) continue;
      none = false;
      if (!listener->IsInterested()) break;
      *listener << "\n  " << finding;
      if (!finding.detail.empty()) *listener << " Seen: " << finding.detail;
      if (!finding.examples.empty()) {
        *listener << "\n    its bytes: " << vendors.show_command(finding.examples.front(), &detail::test_failed);
      }
    }
    return none;
  }
  void DescribeTo(std::ostream* out) const { *out << "has no finding from " << name_of(from_) << " up"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "has a finding from " << name_of(from_) << " up"; }

 private:
  Severity from_;
};

inline HasNoFindingsMatcher HasNoFindings(Severity from = Severity::warning) { return HasNoFindingsMatcher(from); }

class HasFindingMatcher {
 public:
  using is_gtest_matcher = void;
  explicit HasFindingMatcher(std::string id) : id_(std::move(id)) {}

  template <typename Vendors>
  bool MatchAndExplain(const Vendors& vendors, testing::MatchResultListener* listener) const {
    std::vector<std::string> ids;
    for (const Finding& finding : vendors.findings()) {
      if (finding.id == id_) return true;
      ids.push_back(finding.id);
    }
    if (ids.empty()) {
      *listener << "which has no findings at all";
      return false;
    }
    *listener << "which has " << testing::PrintToString(ids);
    if (const std::string near = detail::nearest(id_, ids); !near.empty())
      *listener << "; did you mean " << near << "?";
    return false;
  }
  void DescribeTo(std::ostream* out) const { *out << "has the finding " << id_; }
  void DescribeNegationTo(std::ostream* out) const { *out << "has not the finding " << id_; }

 private:
  std::string id_;
};

inline HasFindingMatcher HasFinding(std::string id) { return HasFindingMatcher(std::move(id)); }

// ---- waits

class MetMatcher {
 public:
  using is_gtest_matcher = void;

  template <typename R>
  bool MatchAndExplain(const Waited<R>& waited, testing::MatchResultListener*) const {
    return waited.met();  // what is missing is printed with the result itself
  }
  void DescribeTo(std::ostream* out) const { *out << "was met"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "was not met"; }
};

// EXPECT_THAT(vendors.honeycomb().wait_for(span_named("home")), Met());
inline MetMatcher Met() { return {}; }

}  // namespace understudy
