#include "xray/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/json.h"
#include "base/utf8.h"
#include "xray/document_members.h"
#include "xray/limits.h"
#include "xray/names.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t largest_document = 64 * 1024;  // [docs]
constexpr std::size_t longest_text = 250;            // of strings without a limit of their own [code: schema]
constexpr std::size_t most_findings = 20;            // of one document that are listed; a limit of ours
constexpr std::int64_t oldest_trace_s = 28 * 24 * 3600;
constexpr std::int64_t newest_trace_s = 5 * 60;

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

constexpr double least_difference_s = 0.001;  // of two times that counts

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
  std::optional<double> times(const Members& members, bool is_embedded);  // the end
  void types(const Members& members);
  void inner(const Table& table, element value);
  void inner_types(const Table& table, object from);
  void values(const Members& members);
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
  const auto end = times(known, is_embedded);
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
  values(known);
  if (known[member_links]) links(*known[member_links]);
  too_long("user", known[member_user]);
  too_long("origin", known[member_origin]);
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
    const auto* table = inner_members(static_cast<Member>(i));
    if (table == nullptr) continue;
    path_.emplace_back(member_names[i]);
    inner(*table, *known[i]);
    path_.pop_back();
  }
}

// Of an object, or of each item of an array.
void Judge::inner(const Table& table, element value) {
  if (object one; value.get(one) == simdjson::SUCCESS) return inner_types(table, one);
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) return;
  path_.emplace_back(std::size_t{0});
  for (const auto item : items) {
    if (object one; item.get(one) == simdjson::SUCCESS) {
      inner_types(table, one);
    } else {
      note(id::segment_wrong_type, "", shown(item));
    }
    ++std::get<std::size_t>(path_.back());
  }
  path_.pop_back();
}

void Judge::inner_types(const Table& table, object from) {
  for (const auto member : from) {
    const auto row = std::ranges::find(table.rows, member.key, &Inner::name);
    if (row == table.rows.end()) continue;
    if (!is_of(row->type, member.value)) {
      note(id::segment_wrong_type, member.key, shown(member.value));
    } else if (row->inner != nullptr) {
      path_.emplace_back(member.key);
      inner(*row->inner, member.value);
      path_.pop_back();
    } else if (row->type == Type::text && table.is_limited) {
      too_long(member.key, member.value);
    }
  }
}

// Values that the schema lists or gives a shape [code].
void Judge::values(const Members& known) {
  const auto wrong = [&](std::string_view member, std::string_view value) {
    note(id::segment_wrong_shape, member, value);
  };
  if (const auto type = text_of(known[member_type]); !type.empty() && type != "subsegment") wrong("type", type);
  const auto parent = text_of(known[member_parent_id]);
  if (!parent.empty() && !is_entity_id(parent)) wrong("parent_id", parent);
  const auto cause = text_of(known[member_cause]);
  if (known[member_cause] && known[member_cause]->is_string() && !is_entity_id(cause)) wrong("cause", cause);
  if (object sql; known[member_sql] && known[member_sql]->get(sql) == simdjson::SUCCESS) {
    const auto preparation = text_of(last_member(sql, "preparation"));
    path_.emplace_back("sql");
    if (!preparation.empty() && preparation != "statement" && preparation != "call") wrong("preparation", preparation);
    path_.pop_back();
  }
  simdjson::dom::array precursors;
  if (!known[member_precursor_ids] || known[member_precursor_ids]->get(precursors) != simdjson::SUCCESS) return;
  for (const auto one : precursors) {
    if (!is_entity_id(text_of(one))) return wrong("precursor_ids", shown(one));
  }
}

void Judge::links(element value) {
  simdjson::dom::array items;
  if (value.get(items) == simdjson::SUCCESS && items.size() > most_links) {
    note(id::segment_too_many_links, "links", fmt::format("{} links", items.size()));
  }
}

std::optional<double> Judge::times(const Members& known, bool is_embedded) {
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
  } else if (has_start && !is_embedded &&
             start - static_cast<double>(instant_s_) > static_cast<double>(newest_trace_s)) {
    note(id::segment_in_future, "start_time",
         fmt::format("{}: {:.0f} s ahead", shown(start_value), start - static_cast<double>(instant_s_)));
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

constexpr std::string_view above_size_code = "InvalidSegment";

std::string Unprocessed::message() const {
  if (code == above_size_code) {  // [snapshot: aws-xray-sdk-python issue 309]
    return "Trace Size Exceeded. Reduce the number of segments per trace and the size of your segment documents.";
  }
  return in_subsegment ? fmt::format("Invalid subsegment. ErrorCode: {}, Cause: null", code)
                       : fmt::format("Invalid segment. ErrorCode: {}", code);
}

Unprocessed above_trace_size(std::string_view document) {
  JsonReader reader;
  const auto json = reader.read(document);
  Unprocessed refused{above_size_code, false, {}};
  object from;
  if (!json || json->get(from) != simdjson::SUCCESS) return refused;
  const auto id = last_member(from, "id");
  if (id) refused.id = text_of(id);
  return refused;
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
