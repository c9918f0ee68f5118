#include "xray/traces_read.h"

#include <charconv>

#include "base/json.h"
#include "base/utf8.h"
#include "xray/limits.h"
#include "xray/names.h"

namespace understudy::xray {
namespace {

std::string_view view_of(simdjson::dom::element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool is_true(simdjson::dom::element value) {
  bool flag = false;
  return value.get(flag) == simdjson::SUCCESS && flag;
}

double seconds_of(simdjson::dom::element value) {
  double seconds = 0;
  return value.get(seconds) == simdjson::SUCCESS ? seconds : 0;
}

std::uint64_t id_of(simdjson::dom::element value) {
  const auto text = view_of(value);
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  return error == std::errc() && end == text.data() + text.size() ? id : 0;
}

// [code: schema] for the namespaces; another one means local work.
std::uint16_t namespace_flag(std::string_view name) {
  if (name == "aws") return calls_aws;
  if (name == "remote") return calls_remote;
  return 0;
}

constexpr std::pair<std::string_view, std::uint16_t> flag_members[] = {
    {"in_progress", is_open},   {"error", has_error},        {"fault", has_fault},
    {"throttle", has_throttle}, {"inferred", says_inferred},
};

// With an end it is closed: Python sends in_progress false beside it [snapshot].
void close(Entity& entity) {
  if (entity.end_s > 0) {
    entity.flags &= static_cast<std::uint16_t>(~is_open);
  } else {
    entity.end_s = entity.start_s;
  }
}

std::string_view after_last(std::string_view text, char separator) { return text.substr(text.rfind(separator) + 1); }

}  // namespace

Text DocumentReader::text(element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? index_.texts_.put(text) : 0;
}

void DocumentReader::read(std::uint32_t number, element document_or_array) {
  Place place{entry_.ordinal, number, 0};
  if (object one; document_or_array.get(one) == simdjson::SUCCESS) return document(place, one);
  simdjson::dom::array items;
  if (document_or_array.get(items) != simdjson::SUCCESS) return;
  for (const auto item : items) {
    if (object one; item.get(one) == simdjson::SUCCESS) document(place, one);
    ++place.item;
  }
}

void DocumentReader::document(Place place, object from) {
  const auto trace_id = last_member(from, "trace_id");
  if (!trace_id || !is_trace_id(view_of(*trace_id))) return;
  trace_ = &index_.trace_of(index_.scope_of(entry_), view_of(*trace_id), entry_);
  const auto first = static_cast<std::uint32_t>(trace_->entities.size());
  entity(from, nowhere);
  const auto count = static_cast<std::uint32_t>(trace_->entities.size()) - first;
  trace_->documents.push_back({place, first, count});
}

void DocumentReader::entity(object from, std::uint32_t parent) {
  const auto at = static_cast<std::uint32_t>(trace_->entities.size());
  Entity made;
  made.parent = parent;
  if (parent != nowhere) made.flags |= is_subsegment;
  trace_->entities.push_back(made);
  std::optional<element> embedded;
  for (const auto member : from) {
    if (member.key == "subsegments") {
      embedded = member.value;
    } else if (!plain(trace_->entities[at], member.key, member.value)) {
      detail(at, member.key, member.value);
    }
  }
  close(trace_->entities[at]);
  simdjson::dom::array items;
  if (!embedded || embedded->get(items) != simdjson::SUCCESS) return;
  for (const auto item : items) {
    if (object one; item.get(one) == simdjson::SUCCESS) entity(one, at);
  }
}

bool DocumentReader::plain(Entity& entity, std::string_view name, element value) {
  for (const auto& [flag_name, flag] : flag_members) {
    if (name != flag_name) continue;
    if (is_true(value)) entity.flags |= flag;
    return true;
  }
  if (name == "id") {
    entity.id = id_of(value);
  } else if (name == "name") {
    entity.name = text(value);
  } else if (name == "start_time") {
    entity.start_s = seconds_of(value);
  } else if (name == "end_time") {
    entity.end_s = seconds_of(value);
  } else if (name == "parent_id") {
    entity.parent_id = id_of(value);
  } else if (name == "type") {
    if (view_of(value) == "subsegment") entity.flags |= is_subsegment;
  } else if (name == "namespace") {
    entity.flags |= namespace_flag(view_of(value));
  } else {
    return false;
  }
  return true;
}

void DocumentReader::detail(std::uint32_t at, std::string_view name, element value) {
  if (name == "http") return http(at, value);
  if (name == "aws") return aws(at, value);
  if (name == "annotations") return annotations(at, value);
  if (name == "cause") return cause(at, value);
  if (name == "links") return links(at, value);
  if (name == "origin") details(at).origin = text(value);
  if (name == "user") details(at).user = text(value);
  if (name == "resource_arn") details(at).resource_arn = text(value);
}

Details& DocumentReader::details(std::uint32_t at) {
  auto& number = trace_->entities[at].details;
  if (number == nowhere) {
    number = static_cast<std::uint32_t>(trace_->details.size());
    trace_->details.emplace_back();
  }
  return trace_->details[number];
}

void DocumentReader::http(std::uint32_t at, element value) {
  object from;
  if (value.get(from) != simdjson::SUCCESS) return;
  auto& into = details(at);
  object request;
  if (const auto member = last_member(from, "request"); member && member->get(request) == simdjson::SUCCESS) {
    for (const auto [name, one] : request) {
      if (name == "url") into.url = text(one);
      if (name == "method") into.method = text(one);
      if (name == "user_agent") into.user_agent = text(one);
      if (name == "client_ip") into.client_ip = text(one);
      if (name == "traced" && is_true(one)) trace_->entities[at].flags |= waits_for_segment;
    }
  }
  object response;
  if (const auto member = last_member(from, "response"); member && member->get(response) == simdjson::SUCCESS) {
    std::int64_t status = 0;
    const auto given = last_member(response, "status");
    if (given && given->get(status) == simdjson::SUCCESS) into.status = static_cast<std::int32_t>(status);
  }
}

void DocumentReader::aws(std::uint32_t at, element value) {
  object from;
  if (value.get(from) != simdjson::SUCCESS) return;
  auto& into = details(at);
  for (const auto [name, one] : from) {
    if (name == "account_id") into.account = text(one);
    if (name == "table_name" || name == "bucket_name" || name == "function_name") into.resource = text(one);
    if (name == "queue_url") into.resource = index_.texts_.put(after_last(view_of(one), '/'));
    object machine;
    if (name != "ec2" || one.get(machine) != simdjson::SUCCESS) continue;
    if (const auto id = last_member(machine, "instance_id")) into.instance_id = text(*id);
    if (const auto zone = last_member(machine, "availability_zone")) into.availability_zone = text(*zone);
  }
}

void DocumentReader::annotations(std::uint32_t at, element value) {
  object from;
  if (value.get(from) != simdjson::SUCCESS) return;
  for (const auto [key, one] : from) {
    if (!is_annotation_key(key) || key.size() > longest_annotation_key) continue;
    Annotation made{index_.texts_.put(key), Annotation::Type::text, 0, 0};
    if (bool flag = false; one.get(flag) == simdjson::SUCCESS) {
      made.type = Annotation::Type::boolean;
      made.number = flag ? 1 : 0;
    } else if (one.get(made.number) == simdjson::SUCCESS) {
      made.type = Annotation::Type::number;
    } else if (one.is_string() && characters_in(view_of(one)) <= longest_annotation) {
      made.text = text(one);
    } else {
      continue;
    }
    details(at).annotations.push_back(made);
  }
}

// Of a cause that is only the id of an exception elsewhere, nothing is kept.
void DocumentReader::cause(std::uint32_t at, element value) {
  object from;
  simdjson::dom::array items;
  if (value.get(from) != simdjson::SUCCESS) return;
  const auto exceptions = last_member(from, "exceptions");
  if (!exceptions || exceptions->get(items) != simdjson::SUCCESS) return;
  for (const auto item : items) {
    object one;
    if (item.get(one) != simdjson::SUCCESS) continue;
    const auto type = last_member(one, "type");
    const auto message = last_member(one, "message");
    details(at).exceptions.push_back({type ? text(*type) : 0, message ? text(*message) : 0});
  }
}

void DocumentReader::links(std::uint32_t at, element value) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) return;
  for (const auto item : items) {
    object one;
    if (item.get(one) != simdjson::SUCCESS || details(at).links.size() == most_links) continue;
    const auto trace = last_member(one, "trace_id");
    const auto id = last_member(one, "id");
    if (trace && id) details(at).links.push_back({text(*trace), id_of(*id)});
  }
}

}  // namespace understudy::xray
