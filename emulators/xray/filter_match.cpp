#include "xray/filter_match.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "xray/limits.h"
#include "xray/summaries_causes.h"
#include "xray/traces_document.h"

namespace understudy::xray {
namespace {

bool compare(FilterOperator op, double left, double right) {
  switch (op) {
    case FilterOperator::exists:
      return true;
    case FilterOperator::equal:
      return left == right;
    case FilterOperator::unequal:
      return left != right;
    case FilterOperator::less:
      return left < right;
    case FilterOperator::less_equal:
      return left <= right;
    case FilterOperator::greater:
      return left > right;
    case FilterOperator::greater_equal:
      return left >= right;
    default:
      return false;  // tests of text
  }
}

bool compare(FilterOperator op, std::string_view text, std::string_view wanted) {
  switch (op) {
    case FilterOperator::exists:
      return true;
    case FilterOperator::equal:
      return text == wanted;
    case FilterOperator::unequal:
      return text != wanted;
    case FilterOperator::contains:
      return text.contains(wanted);
    case FilterOperator::begins_with:
      return text.starts_with(wanted);
    case FilterOperator::ends_with:
      return text.ends_with(wanted);
    default:
      return false;  // comparisons of numbers
  }
}

// Answers by number, each computed once.
class Memo {
 public:
  template <typename Test>
  bool operator()(std::uint32_t number, const Test& test) {
    if (number >= known_.size()) known_.resize(std::max<std::size_t>(number + 1, known_.size() * 2), unknown);
    auto& answer = known_[number];
    if (answer == unknown) answer = test() ? 1 : 0;
    return answer == 1;
  }

 private:
  static constexpr signed char unknown = -1;
  std::vector<signed char> known_;
};

class ServiceTest {
 public:
  explicit ServiceTest(const FilterSelector& wanted) : wanted_(wanted) {}
  bool operator()(std::uint32_t number, const TraceIndex& index, std::string_view account) {
    return memo_(number, [&] {
      const auto& service = index.service(number);
      const auto own = service.account == 0 ? account : index.text(service.account);
      return (!wanted_.name || index.text(service.name) == *wanted_.name) &&
             (!wanted_.type || index.text(service.type) == *wanted_.type) &&
             (!wanted_.account || own == *wanted_.account);
    });
  }

 private:
  const FilterSelector& wanted_;
  Memo memo_;
};

// Every field that the pattern has stands in the value as it is there; lists have the same length [docs].
bool fits(const nlohmann::json& pattern, const nlohmann::json& value) {
  if (pattern.is_object()) {
    return value.is_object() && std::ranges::all_of(pattern.items(), [&](const auto& member) {
             const auto found = value.find(member.key());
             return found != value.end() && fits(member.value(), *found);
           });
  }
  if (pattern.is_array()) return value.is_array() && std::ranges::equal(pattern, value, fits);
  return pattern == value;
}

// What a simple keyword looks at.
struct Subject {
  const Entity* entity = nullptr;
  Text name = 0;
  Text type = 0;
  Text message = 0;  // of an exception
  bool is_trace = false;
  bool is_inferred = false;
  bool is_root = false;
  std::size_t index = 0;
  std::size_t count = 0;
  double coverage = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace

struct FilterMatcher::Node {
  explicit Node(const Filter& from) : filter(from), from_service(from.from), to_service(from.to) {
    for (const auto& part : from.parts) parts.emplace_back(part);
  }
  const Filter& filter;
  std::vector<Node> parts;
  Memo texts;
  ServiceTest from_service;
  ServiceTest to_service;
};

// One trace against one expression.
class FilterMatcher::Walk {
 public:
  Walk(TraceIndex& index, const Trace& trace, std::string_view account)
      : index_(index), trace_(trace), assembled_(index.assembled(trace)), account_(account) {}

  bool run(Node& node);
  bool of_segment(Node& node, const Segment& segment);

 private:
  bool test(Node& node, const Subject& subject);
  bool combined(Node& node, const Subject& subject);
  bool flag(const Filter& filter, const Subject& subject) const;
  std::optional<double> number(FilterKeyword keyword, const Subject& subject) const;
  bool text(Node& node, const Subject& subject);
  bool text_is(Node& node, Text text);
  bool any_segment_text(Node& node, Text Details::* member);
  bool annotation(Node& node);
  bool annotation_is(Node& node, const Annotation& annotation);
  bool service(Node& node);
  bool edge(Node& node);
  bool root_cause(Node& node);
  bool in_causes(Node& node, const std::vector<RootCause>& causes);
  bool in_cause(Node& node, const RootCause& cause);
  bool in_exceptions(Node& node, const CauseService& service);
  bool root_cause_json(const Filter& filter);
  bool braces(Node& node, const Subject& subject) { return node.parts.empty() || test(node.parts.front(), subject); }

  const RootCauses& causes() {
    if (!causes_) causes_ = root_causes(trace_, assembled_);
    return *causes_;
  }
  const Details* details(const Subject& subject) const {
    return subject.entity == nullptr ? nullptr : trace_.details_of(*subject.entity);
  }
  Subject of_trace() const;
  Subject of(const Segment& segment) const;

  TraceIndex& index_;
  const Trace& trace_;
  const Assembled& assembled_;
  std::string_view account_;
  std::optional<RootCauses> causes_;
};

Subject FilterMatcher::Walk::of_trace() const {
  Subject subject;
  if (assembled_.root != nowhere) subject = of(assembled_.segments[assembled_.root]);
  subject.is_trace = true;
  subject.is_root = true;
  return subject;
}

Subject FilterMatcher::Walk::of(const Segment& segment) const {
  const auto& service = index_.service(segment.service);
  Subject subject;
  subject.entity = &trace_.entities[segment.entity];
  subject.name = service.name;
  subject.type = service.type;
  subject.is_inferred = segment.is_inferred;
  subject.index = static_cast<std::size_t>(&segment - assembled_.segments.data());
  subject.count = assembled_.segments.size();
  subject.is_root = subject.index == assembled_.root;
  return subject;
}

bool FilterMatcher::Walk::run(Node& node) { return test(node, of_trace()); }

bool FilterMatcher::Walk::test(Node& node, const Subject& subject) {
  const auto& filter = node.filter;
  switch (filter.kind) {
    case FilterKind::everything:
      return true;
    case FilterKind::all:
    case FilterKind::any:
    case FilterKind::negation:
      return combined(node, subject);
    case FilterKind::flag: {
      const bool is_so = flag(filter, subject);
      const bool wanted = filter.flag.value_or(true) == (filter.op != FilterOperator::unequal);
      return is_so == wanted;
    }
    case FilterKind::number: {
      const auto value = number(filter.keyword, subject);
      return value && compare(filter.op, *value, filter.number.value_or(0));
    }
    case FilterKind::text:
      return text(node, subject);
    case FilterKind::annotation:
      return annotation(node);
    case FilterKind::service:
      return service(node);
    case FilterKind::edge:
      return edge(node);
    case FilterKind::root_cause:
      return root_cause(node);
    case FilterKind::root_cause_json:
      return root_cause_json(filter);
    case FilterKind::group:
      return false;  // replaced before
  }
  return false;
}

bool FilterMatcher::Walk::combined(Node& node, const Subject& subject) {
  const auto holds = [&](Node& part) { return test(part, subject); };
  switch (node.filter.kind) {
    case FilterKind::all:
      return std::ranges::all_of(node.parts, holds);
    case FilterKind::any:
      return std::ranges::any_of(node.parts, holds);
    default:
      return !holds(node.parts.front());
  }
}

bool FilterMatcher::Walk::flag(const Filter& filter, const Subject& subject) const {
  const auto* entity = subject.entity;
  if (entity == nullptr) return false;
  switch (filter.keyword) {
    case FilterKeyword::ok:
      return !entity->has(has_error | has_fault | has_throttle);
    case FilterKeyword::error:
      return entity->has(has_error);
    case FilterKeyword::fault:
      return entity->has(has_fault);
    case FilterKeyword::throttle:
      return subject.is_trace ? assembled_.has_throttle : entity->has(has_throttle);
    case FilterKeyword::partial:
      return subject.is_trace ? assembled_.is_partial : entity->has(is_open);
    case FilterKeyword::inferred:
      return subject.is_inferred;
    case FilterKeyword::remote:
      return entity->has(calls_aws | calls_remote);
    case FilterKeyword::root:
      return subject.is_root;
    case FilterKeyword::first:
      return !subject.is_trace && subject.index == 0;
    case FilterKeyword::last:
      return !subject.is_trace && subject.index + 1 == subject.count;
    default:
      return false;
  }
}

std::optional<double> FilterMatcher::Walk::number(FilterKeyword keyword, const Subject& subject) const {
  const auto* entity = subject.entity;
  if (entity == nullptr) return std::nullopt;
  switch (keyword) {
    case FilterKeyword::duration:
      if (subject.is_trace) return rounded_to_milliseconds(assembled_.end_s - assembled_.start_s);
      [[fallthrough]];
    case FilterKeyword::response_time:
      return rounded_to_milliseconds(entity->end_s - entity->start_s);
    case FilterKeyword::status:
      if (const auto* known = details(subject); known != nullptr && known->status != 0) return known->status;
      return std::nullopt;
    case FilterKeyword::index:
      if (subject.is_trace) return std::nullopt;
      return static_cast<double>(subject.index);
    case FilterKeyword::coverage:
      if (std::isnan(subject.coverage)) return std::nullopt;
      return subject.coverage;
    default:
      return std::nullopt;
  }
}

// An absent text is neither equal nor unequal to anything [guess].
bool FilterMatcher::Walk::text_is(Node& node, Text text) {
  if (text == 0) return false;
  return node.texts(text, [&] { return compare(node.filter.op, index_.text(text), node.filter.text); });
}

bool FilterMatcher::Walk::any_segment_text(Node& node, Text Details::* member) {
  return std::ranges::any_of(trace_.entities, [&](const Entity& entity) {
    const auto* known = trace_.details_of(entity);
    const auto at = static_cast<std::size_t>(&entity - trace_.entities.data());
    return known != nullptr && assembled_.segment_of[at] != nowhere && text_is(node, known->*member);
  });
}

bool FilterMatcher::Walk::text(Node& node, const Subject& subject) {
  const auto keyword = node.filter.keyword;
  const auto own = [&](Text Details::* member) {
    const auto* known = details(subject);
    return known != nullptr && text_is(node, known->*member);
  };
  // These look at any segment of the trace, the others at the first one [docs].
  const auto any = [&](Text Details::* member) {
    return subject.is_trace ? any_segment_text(node, member) : own(member);
  };
  switch (keyword) {
    case FilterKeyword::url:
      return own(&Details::url);
    case FilterKeyword::method:
      return own(&Details::method);
    case FilterKeyword::user_agent:
      return own(&Details::user_agent);
    case FilterKeyword::client_ip:
      return own(&Details::client_ip);
    case FilterKeyword::user:
      return any(&Details::user);
    case FilterKeyword::availability_zone:
      return any(&Details::availability_zone);
    case FilterKeyword::instance_id:
      return any(&Details::instance_id);
    case FilterKeyword::resource_arn:
      return any(&Details::resource_arn);
    case FilterKeyword::name:
      return text_is(node, subject.name);
    case FilterKeyword::type:
      return text_is(node, subject.type);
    case FilterKeyword::message: {
      if (subject.message != 0) return text_is(node, subject.message);
      const auto* known = details(subject);
      return known != nullptr &&
             std::ranges::any_of(known->exceptions, [&](const Exception& one) { return text_is(node, one.message); });
    }
    default:
      return false;
  }
}

bool FilterMatcher::Walk::annotation_is(Node& node, const Annotation& one) {
  const auto& filter = node.filter;
  if (index_.text(one.key) != filter.key) return false;
  if (filter.op == FilterOperator::exists) return true;
  switch (one.type) {
    case Annotation::Type::number:
      return filter.number && compare(filter.op, one.number, *filter.number);
    case Annotation::Type::boolean:
      return filter.flag && compare(filter.op, one.number, *filter.flag ? 1 : 0);
    case Annotation::Type::text:
      return text_is(node, one.text);
  }
  return false;
}

bool FilterMatcher::Walk::annotation(Node& node) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < trace_.entities.size() && seen < most_annotations; ++i) {
    const auto* known = trace_.details_of(trace_.entities[i]);
    if (known == nullptr || assembled_.segment_of[i] == nowhere) continue;
    for (const auto& one : known->annotations) {
      if (seen++ == most_annotations) return false;
      if (annotation_is(node, one)) return true;
    }
  }
  return false;
}

bool FilterMatcher::Walk::of_segment(Node& node, const Segment& segment) {
  if (node.filter.kind == FilterKind::service) {
    return node.from_service(segment.service, index_, account_) && braces(node, of(segment));
  }
  if (node.filter.kind != FilterKind::edge || segment.parent == nowhere) return false;
  const auto& caller = assembled_.segments[segment.parent];
  if (!node.from_service(caller.service, index_, account_) || !node.to_service(segment.service, index_, account_)) {
    return false;
  }
  // What the caller saw of the call.
  auto subject = of(segment);
  if (segment.via != nowhere) subject.entity = &trace_.entities[segment.via];
  return braces(node, subject);
}

bool FilterMatcher::Walk::service(Node& node) {
  return std::ranges::any_of(assembled_.segments, [&](const Segment& segment) { return of_segment(node, segment); });
}

bool FilterMatcher::Walk::edge(Node& node) { return service(node); }

bool FilterMatcher::Walk::root_cause(Node& node) {
  switch (node.filter.keyword) {
    case FilterKeyword::fault_service:
    case FilterKeyword::fault_entity:
    case FilterKeyword::fault_exception:
      return in_causes(node, causes().faults);
    case FilterKeyword::error_service:
    case FilterKeyword::error_entity:
    case FilterKeyword::error_exception:
      return in_causes(node, causes().errors);
    default:
      return in_causes(node, causes().response_times);
  }
}

bool FilterMatcher::Walk::in_causes(Node& node, const std::vector<RootCause>& causes) {
  return std::ranges::any_of(causes, [&](const RootCause& cause) { return in_cause(node, cause); });
}

bool FilterMatcher::Walk::in_cause(Node& node, const RootCause& cause) {
  const auto keyword = node.filter.keyword;
  const bool of_services = keyword == FilterKeyword::fault_service || keyword == FilterKeyword::error_service ||
                           keyword == FilterKeyword::response_time_service;
  const bool of_exceptions = keyword == FilterKeyword::fault_exception || keyword == FilterKeyword::error_exception ||
                             keyword == FilterKeyword::response_time_exception;
  for (std::size_t i = 0; i < cause.services.size(); ++i) {
    const auto& service = cause.services[i];
    if (of_exceptions) {
      if (in_exceptions(node, service)) return true;
      continue;
    }
    auto subject = of(assembled_.segments[service.segment]);
    subject.index = i;
    subject.count = cause.services.size();
    if (of_services && braces(node, subject)) return true;
    for (std::size_t j = 0; !of_services && j < service.path.size(); ++j) {
      auto of_entity = subject;
      of_entity.entity = &trace_.entities[service.path[j].entity];
      of_entity.name = of_entity.entity->name;
      of_entity.coverage = service.path[j].coverage;
      of_entity.index = j;
      of_entity.count = service.path.size();
      if (braces(node, of_entity)) return true;
    }
  }
  return false;
}

// The name of an exception is its type.
bool FilterMatcher::Walk::in_exceptions(Node& node, const CauseService& service) {
  for (const auto& at : service.path) {
    const auto* known = trace_.details_of(trace_.entities[at.entity]);
    if (known == nullptr) continue;
    for (std::size_t i = 0; i < known->exceptions.size(); ++i) {
      auto subject = of(assembled_.segments[service.segment]);
      subject.entity = &trace_.entities[at.entity];
      subject.name = known->exceptions[i].type;
      subject.message = known->exceptions[i].message;
      subject.index = i;
      subject.count = known->exceptions.size();
      if (braces(node, subject)) return true;
    }
  }
  return false;
}

// The pattern is a list; one of its items must fit one of the trace's root causes, of whatever kind.
bool FilterMatcher::Walk::root_cause_json(const Filter& filter) {
  if (filter.json == nullptr) return !causes().faults.empty() || !causes().errors.empty();
  const auto any_fits = [&](const nlohmann::json& all) {
    return std::ranges::any_of(all, [&](const auto& cause) {
      return std::ranges::any_of(*filter.json, [&](const auto& pattern) { return fits(pattern, cause); });
    });
  };
  return any_fits(to_json(causes().faults, false, trace_, assembled_, index_)) ||
         any_fits(to_json(causes().errors, false, trace_, assembled_, index_)) ||
         any_fits(to_json(causes().response_times, true, trace_, assembled_, index_));
}

FilterMatcher::FilterMatcher(const Filter& filter, TraceIndex& index, std::string_view account)
    : root_(std::make_unique<Node>(filter)), index_(index), account_(account) {}

FilterMatcher::~FilterMatcher() = default;

bool FilterMatcher::matches(const Trace& trace) { return Walk(index_, trace, account_).run(*root_); }

bool FilterMatcher::matches(const Trace& trace, const Segment& segment) {
  return Walk(index_, trace, account_).of_segment(*root_, segment);
}

}  // namespace understudy::xray
