#include "xray/traces_assemble.h"

#include <algorithm>
#include <iterator>

namespace understudy::xray {
namespace {

// What an AWS call of this name is of: [docs: examples of the developer guide and the CLI]; a name that has no row is
// its own service, "AWS::<name>" [guess].
struct AwsType {
  std::string_view name;
  std::string_view with_resource;
  std::string_view without;
};
constexpr AwsType aws_types[] = {
    {"DynamoDB", "AWS::DynamoDB::Table", "AWS::DynamoDB"},
    {"S3", "AWS::S3::Bucket", "AWS::S3"},
    {"SQS", "AWS::SQS::Queue", "AWS::SQS"},
    {"SNS", "AWS::SNS", "AWS::SNS"},
    {"Lambda", "AWS::Lambda", "AWS::Lambda"},
};

class Assembler {
 public:
  Assembler(const Trace& trace, TraceIndex& index, Assembled& into) : trace_(trace), index_(index), into_(into) {}
  void run();

 private:
  using Number = std::uint32_t;

  const Entity& entity(Number number) const { return trace_.entities[number]; }
  void choose_documents();
  void choose_entities();
  bool is_better(Number left, Number right) const;
  Number chosen(std::uint64_t id) const;
  void find_parents();
  void add_segments();
  void find_segments();
  Number segment_above(Number number);
  void add_inferred();
  void link_segments();
  void cut_circles();
  void cut(Number start, std::vector<char>& seen);
  void choose_root();
  void measure();
  Service service_of(Number number) const;
  Service inferred_service(Number number);

  const Trace& trace_;
  TraceIndex& index_;
  Assembled& into_;
  std::vector<std::pair<std::uint64_t, Number>> ids_;  // the entity that stands for an id, by id
};

void Assembler::run() {
  into_ = {};
  choose_documents();
  choose_entities();
  find_parents();
  add_segments();
  find_segments();
  add_inferred();
  link_segments();
  cut_circles();
  choose_root();
  measure();
}

void Assembler::choose_documents() {
  std::vector<std::pair<std::uint64_t, Number>> by_id;
  for (Number i = 0; i < trace_.documents.size(); ++i) by_id.emplace_back(entity(trace_.documents[i].first).id, i);
  std::ranges::sort(by_id);
  for (std::size_t i = 0; i < by_id.size();) {
    Number best = by_id[i].second;
    const auto id = by_id[i].first;
    for (; i < by_id.size() && by_id[i].first == id; ++i) {
      const auto later = by_id[i].second;
      const bool reopens =
          entity(trace_.documents[later].first).has(is_open) && !entity(trace_.documents[best].first).has(is_open);
      if (!reopens) best = later;
    }
    into_.documents.push_back(best);
  }
  std::ranges::sort(into_.documents);
}

// A segment, then a finished one; the outer one of two within one document; else the later.
bool Assembler::is_better(Number left, Number right) const {
  const auto rank = [&](Number number) {
    const auto& one = entity(number);
    return (one.has(is_subsegment) ? 0 : 2) + (one.has(is_open) ? 0 : 1);
  };
  return rank(left) > rank(right);
}

void Assembler::choose_entities() {
  into_.is_live.assign(trace_.entities.size(), 0);
  for (const auto number : into_.documents) {
    const auto& document = trace_.documents[number];
    for (Number i = document.first; i < document.first + document.count; ++i) ids_.emplace_back(entity(i).id, i);
  }
  std::ranges::stable_sort(ids_, {}, &std::pair<std::uint64_t, Number>::first);
  std::size_t kept = 0;
  for (const auto& [id, number] : ids_) {
    if (kept > 0 && ids_[kept - 1].first == id) {
      if (is_better(number, ids_[kept - 1].second)) ids_[kept - 1].second = number;
    } else {
      ids_[kept++] = {id, number};
    }
  }
  ids_.resize(kept);
  for (const auto& [id, number] : ids_) into_.is_live[number] = 1;
}

Assembler::Number Assembler::chosen(std::uint64_t id) const {
  if (id == 0) return nowhere;
  const auto found = std::ranges::lower_bound(ids_, id, {}, &std::pair<std::uint64_t, Number>::first);
  return found != ids_.end() && found->first == id ? found->second : nowhere;
}

void Assembler::find_parents() {
  into_.parent_of.assign(trace_.entities.size(), nowhere);
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    if (into_.is_live[i] == 0) continue;
    const auto& one = entity(i);
    const auto parent = one.parent != nowhere ? chosen(entity(one.parent).id) : chosen(one.parent_id);
    if (parent != i) into_.parent_of[i] = parent;
  }
}

void Assembler::add_segments() {
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    if (into_.is_live[i] == 0 || entity(i).has(is_subsegment)) continue;
    into_.segments.push_back({i, index_.service_number(service_of(i)), nowhere, nowhere, entity(i).has(says_inferred)});
  }
  std::ranges::stable_sort(into_.segments, {}, [&](const Segment& one) { return entity(one.entity).start_s; });
}

void Assembler::find_segments() {
  into_.segment_of.assign(trace_.entities.size(), nowhere);
  for (Number i = 0; i < into_.segments.size(); ++i) into_.segment_of[into_.segments[i].entity] = i;
  std::vector<char> was_visited(trace_.entities.size(), 0);
  std::vector<Number> way;
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    way.clear();
    auto above = into_.is_live[i] == 0 ? nowhere : i;
    while (above != nowhere && into_.segment_of[above] == nowhere && was_visited[above] == 0) {
      was_visited[above] = 1;
      way.push_back(above);
      above = into_.parent_of[above];
    }
    // Visited and without a segment: that way led nowhere, or it is this one, round a circle.
    const auto segment = above == nowhere ? nowhere : into_.segment_of[above];
    for (const auto number : way) into_.segment_of[number] = segment;
  }
}

void Assembler::add_inferred() {
  std::vector<char> is_answered(trace_.entities.size(), 0);
  for (const auto& segment : into_.segments) {
    if (const auto caller = into_.parent_of[segment.entity]; caller != nowhere) is_answered[caller] = 1;
  }
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    const auto& one = entity(i);
    const bool is_call = one.has(calls_aws | calls_remote) && one.has(is_subsegment) && !one.has(is_open);
    if (!is_call || into_.segment_of[i] == nowhere || is_answered[i] != 0) continue;
    if (one.has(waits_for_segment)) {
      into_.is_partial = true;
      continue;
    }
    const auto service = index_.service_number(inferred_service(i));
    into_.segments.push_back({i, service, into_.segment_of[i], i, true});
  }
}

void Assembler::link_segments() {
  for (auto& segment : into_.segments) {
    if (segment.parent != nowhere) continue;  // inferred: linked already
    const auto caller = into_.parent_of[segment.entity];
    if (caller == nowhere || into_.segment_of[caller] == nowhere) continue;
    segment.via = caller;
    segment.parent = into_.segment_of[caller];
  }
}

// `seen`: 0 not yet, 1 on this way, 2 known to end.
void Assembler::cut(Number start, std::vector<char>& seen) {
  std::vector<Number> way;
  auto at = start;
  while (at != nowhere && seen[at] == 0) {
    seen[at] = 1;
    way.push_back(at);
    at = into_.segments[at].parent;
  }
  if (at != nowhere && seen[at] == 1) {
    // Segments are in order of start time, so the smallest number of the circle is its first.
    auto first = at;
    for (auto next = into_.segments[at].parent; next != at; next = into_.segments[next].parent) {
      first = std::min(first, next);
    }
    into_.segments[first].parent = into_.segments[first].via = nowhere;
    into_.parent_of[into_.segments[first].entity] = nowhere;
  }
  for (const auto number : way) seen[number] = 2;
}

void Assembler::cut_circles() {
  std::vector<char> seen(into_.segments.size(), 0);
  for (Number i = 0; i < into_.segments.size(); ++i) cut(i, seen);
}

// The first to start of those without a parent_id, else of those whose parent is not here.
void Assembler::choose_root() {
  for (Number i = 0; i < into_.segments.size(); ++i) {
    if (into_.segments[i].parent != nowhere) continue;
    if (entity(into_.segments[i].entity).parent_id == 0) {
      into_.root = i;
      return;
    }
    if (into_.root == nowhere) into_.root = i;
  }
}

void Assembler::measure() {
  bool is_first = true;
  for (Number i = 0; i < trace_.entities.size(); ++i) {
    if (into_.segment_of[i] == nowhere) continue;
    const auto& one = entity(i);
    into_.start_s = is_first ? one.start_s : std::min(into_.start_s, one.start_s);
    into_.end_s = is_first ? one.end_s : std::max(into_.end_s, one.end_s);
    into_.is_partial = into_.is_partial || one.has(is_open);
    is_first = false;
  }
  for (const auto& segment : into_.segments) {
    into_.has_throttle = into_.has_throttle || entity(segment.entity).has(has_throttle);
  }
}

Service Assembler::service_of(Number number) const {
  const auto& one = entity(number);
  const auto* details = trace_.details_of(one);
  return {one.name, details == nullptr ? 0 : details->origin, details == nullptr ? 0 : details->account};
}

Service Assembler::inferred_service(Number number) {
  const auto& one = entity(number);
  auto& texts = index_.texts();
  if (one.has(calls_remote)) return {one.name, texts.put("remote"), 0};
  const auto* details = trace_.details_of(one);
  const auto resource = details == nullptr ? 0 : details->resource;
  const auto name = texts[one.name];
  const auto* row = std::ranges::find(aws_types, name, &AwsType::name);
  if (row == std::end(aws_types)) {
    return {one.name, texts.put(std::string("AWS::").append(name)), 0};
  }
  if (resource == 0) return {one.name, texts.put(row->without), 0};
  return {resource, texts.put(row->with_resource), 0};
}

}  // namespace

void assemble(const Trace& trace, TraceIndex& index, Assembled& into) { Assembler(trace, index, into).run(); }

}  // namespace understudy::xray
