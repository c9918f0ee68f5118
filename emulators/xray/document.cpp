#include "xray/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/json.h"
#include "xray/names.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t largest_document = 64 * 1024;  // [docs]
constexpr std::size_t longest_text = 250;            // of strings without a limit of their own [code: schema]
constexpr std::size_t longest_annotation = 1000;     // [code: schema]
constexpr std::size_t longest_annotation_key = 500;  // [code: schema]
constexpr std::size_t most_annotations = 50;         // that are indexed [docs]
constexpr std::size_t most_findings = 20;            // of one document that are listed; a limit of ours
constexpr std::int64_t oldest_trace_s = 28 * 24 * 3600;
constexpr std::int64_t newest_trace_s = 5 * 60;
constexpr double looks_like_milliseconds = 1e11;  // seconds until the year 5138

// The members of a segment or subsegment that X-Ray knows [docs] [code: schema]. Sorted by length.
enum Member : std::uint8_t {
  member_id,
  member_aws,
  member_sql,
  member_name,
  member_type,
  member_http,
  member_user,
  member_error,
  member_fault,
  member_cause,
  member_links,
  member_origin,
  member_service,
  member_end_time,
  member_trace_id,
  member_throttle,
  member_metadata,
  member_inferred,
  member_parent_id,
  member_namespace,
  member_start_time,
  member_in_progress,
  member_annotations,
  member_subsegments,
  member_resource_arn,
  member_precursor_ids,
  member_count
};
constexpr std::array<std::string_view, member_count> member_names = {
    "id",          "aws",         "sql",         "name",         "type",         "http",      "user",
    "error",       "fault",       "cause",       "links",        "origin",       "service",   "end_time",
    "trace_id",    "throttle",    "metadata",    "inferred",     "parent_id",    "namespace", "start_time",
    "in_progress", "annotations", "subsegments", "resource_arn", "precursor_ids"};

// What X-Ray keeps of a member is of this type [code: schema]. Those that are required, and annotations' values, have
// rules of their own.
enum class Type : std::uint8_t { any, text, number, boolean, object, array, text_or_object };
constexpr std::array<Type, member_count> member_types = {
    Type::any,     Type::object,  Type::object,         Type::any,     Type::text, Type::object, Type::text,
    Type::boolean, Type::boolean, Type::text_or_object, Type::array,   Type::text, Type::object, Type::any,
    Type::any,     Type::boolean, Type::object,         Type::boolean, Type::text, Type::text,   Type::any,
    Type::boolean, Type::object,  Type::array,          Type::text,    Type::array};

// Members of members, "request.url": the part before the dot is an object within the first.
struct Inner {
  std::string_view name;
  Type type;
};
constexpr Inner inner_http[] = {{"request", Type::object},
                                {"response", Type::object},
                                {"request.method", Type::text},
                                {"request.url", Type::text},
                                {"request.user_agent", Type::text},
                                {"request.client_ip", Type::text},
                                {"request.x_forwarded_for", Type::boolean},
                                {"request.traced", Type::boolean},
                                {"response.status", Type::number},
                                {"response.content_length", Type::number}};
constexpr Inner inner_aws[] = {
    {"account_id", Type::text}, {"cloudwatch_logs", Type::array},    {"ec2", Type::object},  {"ecs", Type::object},
    {"eks", Type::object},      {"elastic_beanstalk", Type::object}, {"xray", Type::object}, {"operation", Type::text},
    {"region", Type::text},     {"request_id", Type::text}};
constexpr Inner inner_sql[] = {{"connection_string", Type::text},
                               {"url", Type::text},
                               {"sanitized_query", Type::text},
                               {"database_type", Type::text},
                               {"database_version", Type::text},
                               {"driver_version", Type::text},
                               {"user", Type::text},
                               {"preparation", Type::text}};
constexpr Inner inner_service[] = {{"version", Type::text}};
constexpr Inner inner_cause[] = {
    {"working_directory", Type::text}, {"paths", Type::array}, {"exceptions", Type::array}};

std::span<const Inner> inner_members(Member member) {
  switch (member) {
    case member_http:
      return inner_http;
    case member_aws:
      return inner_aws;
    case member_sql:
      return inner_sql;
    case member_service:
      return inner_service;
    case member_cause:
      return inner_cause;
    default:
      return {};
  }
}

bool is_of(Type type, element value) {
  if (value.is_null()) return true;  // counts as absent
  switch (type) {
    case Type::any:
      return true;
    case Type::text:
      return value.is_string();
    case Type::number:
      return value.is_number();
    case Type::boolean:
      return value.is_bool();
    case Type::object:
      return value.is_object();
    case Type::array:
      return value.is_array();
    case Type::text_or_object:
      return value.is_string() || value.is_object();
  }
  return true;
}

constexpr std::size_t most_links = 20;        // of a segment [docs]
constexpr double least_difference_s = 0.001;  // of two times that counts
constexpr std::size_t longest_member_name = 13;

// first_of_length[n] .. first_of_length[n + 1]: the members whose names have n characters.
constexpr auto first_of_length = [] {
  std::array<std::uint8_t, longest_member_name + 2> first{};
  for (std::size_t length = 0; length < first.size(); ++length) {
    std::uint8_t index = 0;
    while (index < member_count && member_names[index].size() < length) ++index;
    first[length] = index;
  }
  return first;
}();
static_assert(std::ranges::is_sorted(member_names, {}, &std::string_view::size));

std::size_t member_of(std::string_view name) {
  if (name.size() > longest_member_name) return member_count;
  const std::size_t end = first_of_length[name.size() + 1];
  for (std::size_t i = first_of_length[name.size()]; i < end; ++i) {
    if (member_names[i] == name) return i;
  }
  return member_count;
}

// Walks one document. Keeps the way to where it is, for the places of findings.
class Judge {
 public:
  Judge(std::string_view document, std::int64_t instant_ns, const DocumentPlace& place)
      : document_(document), instant_s_(instant_ns / 1'000'000'000), place_(place) {}

  void unreadable(const JsonError& error);
  void top(element value);
  Judgement take() { return std::move(judgement_); }

 private:
  using Members = std::array<std::optional<element>, member_count>;

  // `outer_end`: of the subsegment or segment that it lies in.
  void entity(object members_of, bool is_embedded, std::optional<double> outer_end = {});
  Members members(object from);
  void id(const Members& members);
  void trace_id(const Members& members);
  void name(const Members& members);
  std::optional<double> times(const Members& members);  // the end
  void types(const Members& members);
  void inner_types(std::span<const Inner> table, object from, std::string_view prefix);
  void annotations(object from);
  void metadata(object from);
  void links(element value);
  void too_long(std::string_view name, const std::optional<element>& value);
  void subsegments(element value, std::optional<double> end);

  std::string place(std::string_view last = {}) const;
  void refuse(std::string_view code, std::string_view rule, std::string_view member, std::string_view detail);
  void note(std::string_view rule, std::string_view member, std::string_view detail);

  std::string_view document_;
  std::int64_t instant_s_;
  const DocumentPlace& place_;
  std::vector<JsonStep> path_;
  bool in_subsegment_ = false;
  std::string document_id_;
  std::size_t annotations_ = 0;
  Judgement judgement_;
};

std::string Judge::place(std::string_view last) const {
  std::string text = place_.prefix;
  const auto step_in = [&](std::string_view name) {
    if (!text.empty() && !text.ends_with('.')) text += '.';
    text += name;
  };
  for (const auto& step : path_) {
    if (const auto* name = std::get_if<std::string_view>(&step)) {
      step_in(*name);
    } else {
      text += fmt::format("[{}]", std::get<std::size_t>(step));
    }
  }
  if (!last.empty()) step_in(last);
  return text;
}

void Judge::note(std::string_view rule, std::string_view member, std::string_view detail) {
  if (judgement_.findings.size() == most_findings) return;
  if (judgement_.findings.size() + 1 == most_findings) rule = id::segment_more_findings;
  std::optional<JsonRange> range;
  if (place_.offset) {
    auto path = path_;
    if (!member.empty()) path.emplace_back(member);
    range = find_in_json(document_, path);
    if (!range && !path_.empty()) range = find_in_json(document_, path_);
  }
  const auto offset = place_.offset && range ? *place_.offset + range->offset : 0;
  judgement_.findings.push_back(found(rule, place(member), detail, offset, range ? range->length : 0));
}

// The first reason is what the service reports; later ones are findings all the same.
void Judge::refuse(std::string_view code, std::string_view rule, std::string_view member, std::string_view detail) {
  if (!judgement_.refused) judgement_.refused = Unprocessed{code, in_subsegment_, document_id_};
  note(rule, member, detail);
}

std::string_view text_of(const std::optional<element>& value) {
  std::string_view text;
  if (!value || value->get(text) != simdjson::SUCCESS) return {};
  return text;
}

bool is_true(const std::optional<element>& value) {
  bool flag = false;
  return value && value->get(flag) == simdjson::SUCCESS && flag;
}

// Of any JSON value, short enough for a finding.
std::string shown(const std::optional<element>& value) {
  if (!value) return "absent";
  return simdjson::minify(*value).substr(0, 100);
}

void Judge::unreadable(const JsonError& error) {
  judgement_.refused = Unprocessed{"ParseError", false, {}};                       // [guess]
  const bool points_at_a_byte = place_.offset && error.offset < document_.size();  // not at the end of a cut document
  judgement_.findings.push_back(found(id::segment_unreadable, place(), error.text(),
                                      place_.offset ? *place_.offset + error.offset : 0, points_at_a_byte ? 1 : 0));
}

// A document may also be an array of subsegments [docs]; of an empty one the service says MissingId [snapshot].
void Judge::top(element value) {
  if (value.is_object()) {
    entity(object(value), false);
  } else if (simdjson::dom::array items; value.get(items) == simdjson::SUCCESS && items.size() > 0) {
    path_.emplace_back(std::size_t{0});
    for (const auto item : items) {
      if (object one; item.get(one) == simdjson::SUCCESS) {
        entity(one, false);
      } else {
        refuse("MissingId", id::segment_missing_id, "", shown(item));
      }
      ++std::get<std::size_t>(path_.back());
    }
  } else {
    refuse("MissingId", id::segment_missing_id, "", shown(value));
  }
}

Judge::Members Judge::members(object from) {
  Members members;
  for (const auto member : from) {
    const auto index = member_of(member.key);
    if (index < member_count) {
      members[index] = member.value;
    } else {
      note(id::segment_unknown_member, member.key, "");
    }
  }
  return members;
}

// `is_embedded`: within the list of its segment, so that trace and parent are known from there.
void Judge::entity(object from, bool is_embedded, std::optional<double> outer_end) {
  const auto known = members(from);
  in_subsegment_ = is_embedded || text_of(known[member_type]) == "subsegment";
  if (!is_embedded) document_id_ = text_of(known[member_id]);
  id(known);
  if (!is_embedded) trace_id(known);
  name(known);
  const auto end = times(known);
  if (end && outer_end && *end > *outer_end + least_difference_s) {
    note(id::subsegment_outlives, "end_time", fmt::format("{:.3f} s after the outer one", *end - *outer_end));
  }
  types(known);
  if (!is_embedded && in_subsegment_ && text_of(known[member_parent_id]).empty()) {
    note(id::segment_no_parent_id, "", "");
  }
  if (object inner; known[member_annotations] && known[member_annotations]->get(inner) == simdjson::SUCCESS) {
    annotations(inner);
  }
  if (object inner; known[member_metadata] && known[member_metadata]->get(inner) == simdjson::SUCCESS) metadata(inner);
  if (const auto& parent = known[member_parent_id]; !text_of(parent).empty() && !is_entity_id(text_of(parent))) {
    note(id::segment_wrong_shape, "parent_id", text_of(parent));
  }
  if (known[member_links]) links(*known[member_links]);
  too_long("user", known[member_user]);
  if (known[member_subsegments]) subsegments(*known[member_subsegments], end);
}

void Judge::id(const Members& known) {
  const auto text = text_of(known[member_id]);
  if (text.empty()) {
    refuse("MissingId", id::segment_missing_id, known[member_id] ? "id" : "", shown(known[member_id]));
  } else if (!is_entity_id(text)) {
    refuse("InvalidId", id::segment_invalid_id, "id", text);
  }
}

void Judge::trace_id(const Members& known) {
  const auto text = text_of(known[member_trace_id]);
  if (!is_trace_id(text)) {
    refuse("InvalidTraceId", id::segment_invalid_trace_id, known[member_trace_id] ? "trace_id" : "",
           shown(known[member_trace_id]));
    return;
  }
  const auto age = instant_s_ - epoch_of_trace_id(text);
  if (age > oldest_trace_s) {
    note(id::segment_trace_id_too_old, "trace_id", fmt::format("{}: {} days ago", text, age / 86400));
  } else if (age < -newest_trace_s) {
    note(id::segment_trace_id_in_future, "trace_id", fmt::format("{}: {} s ahead", text, -age));
  }
}

void Judge::name(const Members& known) {
  const auto& value = known[member_name];
  if (!value || !value->is_string()) {
    refuse("MissingName", id::segment_missing_name, value ? "name" : "", shown(value));
  } else if (const auto wrong = wrong_in_name(text_of(value))) {
    refuse("InvalidName", id::segment_invalid_name, "name", fmt::format("{}: {}", text_of(value), *wrong));
  }
}

void Judge::types(const Members& known) {
  for (std::size_t i = 0; i < member_count; ++i) {
    if (!known[i]) continue;
    if (!is_of(member_types[i], *known[i])) {
      note(id::segment_wrong_type, member_names[i], shown(known[i]));
      continue;
    }
    const auto table = inner_members(static_cast<Member>(i));
    if (object inner; !table.empty() && known[i]->get(inner) == simdjson::SUCCESS) {
      path_.emplace_back(member_names[i]);
      inner_types(table, inner, "");
      path_.pop_back();
    }
  }
}

void Judge::inner_types(std::span<const Inner> table, object from, std::string_view prefix) {
  for (const auto member : from) {
    const auto* row = std::find_if(table.data(), table.data() + table.size(), [&](const Inner& one) {
      return one.name.size() == prefix.size() + member.key.size() && one.name.starts_with(prefix) &&
             one.name.ends_with(member.key);
    });
    if (row == table.data() + table.size()) continue;
    if (!is_of(row->type, member.value)) {
      note(id::segment_wrong_type, member.key, shown(member.value));
    } else if (prefix == "request." && row->type == Type::text) {
      too_long(member.key, member.value);
    } else if (object inner;
               prefix.empty() && row->type == Type::object && member.value.get(inner) == simdjson::SUCCESS) {
      const bool is_request = member.key == "request";
      if (!is_request && member.key != "response") continue;
      path_.emplace_back(member.key);
      inner_types(table, inner, is_request ? "request." : "response.");
      path_.pop_back();
    }
  }
}

void Judge::links(element value) {
  simdjson::dom::array items;
  if (value.get(items) == simdjson::SUCCESS && items.size() > most_links) {
    note(id::segment_too_many_links, "links", fmt::format("{} links", items.size()));
  }
}

std::optional<double> Judge::times(const Members& known) {
  double start = 0;
  double end = 0;
  const auto& start_value = known[member_start_time];
  const auto& end_value = known[member_end_time];
  const bool has_start = start_value && start_value->get(start) == simdjson::SUCCESS;
  const bool has_end = end_value && end_value->get(end) == simdjson::SUCCESS;
  if (!has_start) {
    refuse("MissingStartTime", id::segment_missing_start_time, start_value ? "start_time" : "", shown(start_value));
  }
  if (!has_end && !is_true(known[member_in_progress])) {
    refuse("MissingEndTime", id::segment_missing_end_time, end_value ? "end_time" : "", shown(end_value));
  }
  if (has_start && start > looks_like_milliseconds) {
    note(id::segment_milliseconds, "start_time", shown(start_value));
  } else if (has_end && end > looks_like_milliseconds) {
    note(id::segment_milliseconds, "end_time", shown(end_value));
  } else if (has_start && has_end && end < start) {
    note(id::segment_ends_before_start, "end_time", fmt::format("{} s", end - start));
  }
  return has_end ? std::optional(end) : std::nullopt;
}

void Judge::annotations(object from) {
  path_.emplace_back("annotations");
  for (const auto member : from) {
    if (++annotations_ == most_annotations + 1) note(id::annotation_too_many, member.key, "the 51st");
    if (!is_annotation_key(member.key) || member.key.size() > longest_annotation_key) {
      note(id::annotation_key, member.key, member.key);
    } else if (member.value.is_string()) {
      const auto length = characters_in(text_of(member.value));
      if (length > longest_annotation) note(id::annotation_too_long, member.key, fmt::format("{} characters", length));
    } else if (!member.value.is_number() && !member.value.is_bool()) {
      note(id::annotation_value, member.key, shown(member.value));
    }
  }
  path_.pop_back();
}

void Judge::metadata(object from) {
  path_.emplace_back("metadata");
  for (const auto member : from) {
    if (member.key.starts_with("AWS.")) note(id::metadata_reserved, member.key, member.key);
  }
  path_.pop_back();
}

void Judge::too_long(std::string_view name, const std::optional<element>& value) {
  const auto text = text_of(value);
  if (text.size() <= longest_text) return;
  if (const auto length = characters_in(text); length > longest_text) {
    note(id::segment_value_too_long, name, fmt::format("{} characters", length));
  }
}

void Judge::subsegments(element value, std::optional<double> end) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) return;
  const bool was_in_subsegment = in_subsegment_;
  path_.emplace_back("subsegments");
  path_.emplace_back(std::size_t{0});
  for (const auto item : items) {
    if (object one; item.get(one) == simdjson::SUCCESS) {
      entity(one, true, end);
    } else {
      note(id::segment_wrong_type, "", shown(item));
    }
    ++std::get<std::size_t>(path_.back());
  }
  path_.resize(path_.size() - 2);
  in_subsegment_ = was_in_subsegment;
}

}  // namespace

std::string Unprocessed::message() const {
  return in_subsegment ? fmt::format("Invalid subsegment. ErrorCode: {}, Cause: null", code)
                       : fmt::format("Invalid segment. ErrorCode: {}", code);
}

Judgement judge(std::string_view document, std::int64_t instant_ns, const DocumentPlace& place) {
  thread_local JsonReader reader;
  Judge judge(document, instant_ns, place);
  const auto json = reader.read_padded(document);
  if (json) {
    judge.top(*json);
  } else {
    judge.unreadable(json.error());
  }
  auto judgement = judge.take();
  if (document.size() > largest_document) {
    if (!judgement.refused) judgement.refused = Unprocessed{"SegmentTooLarge", false, {}};  // [guess]
    judgement.findings.push_back(
        found(id::segment_too_large, place.prefix, fmt::format("{} bytes", document.size()), place.offset.value_or(0)));
  }
  return judgement;
}

}  // namespace understudy::xray
