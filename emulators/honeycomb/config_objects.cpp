#include "honeycomb/config_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/percent.h"
#include "honeycomb/query_index.h"
#include "honeycomb/query_spec.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {

using nlohmann::ordered_json;
using recording::Decision;

namespace {

constexpr std::string_view derived_columns = "derived_columns";
constexpr std::string_view marker_settings = "marker_settings";
constexpr std::string_view dataset_definitions = "dataset_definitions";

using Refusal = std::optional<Decision>;

// Which type a member has, where it is sent. [docs: API, as far as its examples show it]
struct Typed {
  std::string_view name;
  bool (*is)(const ordered_json&);
  std::string_view wanted;
};
constexpr Typed text(std::string_view name) {
  return {name, [](const ordered_json& json) { return json.is_string(); }, "must be a string"};
}
constexpr Typed truth(std::string_view name) {
  return {name, [](const ordered_json& json) { return json.is_boolean(); }, "must be a boolean"};
}
constexpr Typed integer(std::string_view name) {
  return {name, [](const ordered_json& json) { return json.is_number_integer(); }, "must be an integer"};
}
constexpr Typed object(std::string_view name) {
  return {name, [](const ordered_json& json) { return json.is_object(); }, "must be an object"};
}
constexpr Typed list(std::string_view name) {
  return {name, [](const ordered_json& json) { return json.is_array(); }, "must be an array"};
}
constexpr Typed description[] = {text("description")};
constexpr Typed board_members[] = {text("description"), list("queries"), list("slos")};
constexpr Typed trigger_members[] = {text("description"), truth("disabled"),    text("query_id"),  object("query"),
                                     object("threshold"), integer("frequency"), list("recipients")};
constexpr Typed slo_members[] = {text("description"), object("sli"), integer("time_period_days"),
                                 integer("target_per_million")};
constexpr Typed burn_alert_members[] = {object("slo"), integer("exhaustion_minutes"), list("recipients")};
constexpr Typed recipient_members[] = {object("details")};

Refusal is_expression(const Call&, const ordered_json& object) {
  const auto expression = read_expression(object["expression"].get_ref<const std::string&>(), "expression");
  if (expression) return std::nullopt;
  return refuse_member("expression", expression.error().detail);
}

Refusal names_a_query(const Call& call, const ordered_json& object) {
  const auto id = object.find("query_id");
  if (id == object.end() || id->is_null()) return std::nullopt;
  const auto* const query = call.state.queries.find_query(call.environment(), id->get_ref<const std::string&>());
  if (query != nullptr) return std::nullopt;
  return refuse_member("query_id", "names no query");
}

Refusal has_a_query(const Call& call, const ordered_json& object) {
  const auto query = object.find("query");
  if (query == object.end() || query->is_null()) return names_a_query(call, object);
  const auto spec = read_spec(*query);
  if (spec) return std::nullopt;
  return refuse_member("query", fmt::format("{}: {}", spec.error().place, spec.error().detail));
}

}  // namespace

struct ConfigKind {
  std::string_view resource;
  std::string_view what;  // for a person
  bool of_dataset;        // else of the environment
  Permission needs;
  std::array<std::string_view, 2> required = {};  // members that are texts, and not blank
  std::string_view unique = {};                   // the member that no two may share
  std::string_view one_by = {};                   // the query parameter that picks one
  std::string_view some_by = {};                  // "slo_id": the query parameter that picks those whose slo.id it is
  std::span<const Typed> members = {};
  const char* defaults = "{}";  // of members that were not sent
  Refusal (*check)(const Call&, const ordered_json&) = nullptr;
};

namespace {

// Resources and their paths: [docs: API]. Which members are required or have a default: [docs: API] as far as its
// examples show it.
constexpr ConfigKind kinds[] = {
    {.resource = derived_columns,
     .what = "Derived column",
     .of_dataset = true,
     .needs = Permission::columns,
     .required = {"alias", "expression"},
     .unique = "alias",
     .one_by = "alias",
     .members = description,
     .defaults = R"({"description":""})",
     .check = is_expression},
    {.resource = "query_annotations",
     .what = "Query annotation",
     .of_dataset = true,
     .needs = Permission::columns,
     .required = {"name", "query_id"},
     .members = description,
     .defaults = R"({"description":"","source":"query"})",
     .check = names_a_query},
    {.resource = "boards",
     .what = "Board",
     .of_dataset = false,
     .needs = Permission::boards,
     .required = {"name"},
     .members = board_members,
     .defaults = R"({"description":"","queries":[],"slos":[]})"},
    {.resource = "triggers",
     .what = "Trigger",
     .of_dataset = true,
     .needs = Permission::triggers,
     .required = {"name"},
     .members = trigger_members,
     .defaults = R"({"description":"","disabled":false,"triggered":false,"frequency":900,"alert_type":"on_change",)"
                 R"("recipients":[]})",
     .check = has_a_query},
    {.resource = "slos",
     .what = "SLO",
     .of_dataset = true,
     .needs = Permission::slos,
     .required = {"name"},
     .members = slo_members,
     .defaults = R"({"description":"","reset_at":null})"},
    {.resource = "burn_alerts",
     .what = "Burn alert",
     .of_dataset = true,
     .needs = Permission::slos,
     .some_by = "slo_id",
     .members = burn_alert_members,
     .defaults = R"({"alert_type":"exhaustion_time","triggered":false,"recipients":[]})"},
    {.resource = "recipients",
     .what = "Recipient",
     .of_dataset = false,
     .needs = Permission::recipients,
     .required = {"type"},
     .members = recipient_members,
     .defaults = R"({"details":{}})"},
    {.resource = marker_settings,
     .what = "Marker setting",
     .of_dataset = true,
     .needs = Permission::markers,
     .required = {"type", "color"},
     .unique = "type"},
    {.resource = dataset_definitions, .what = "Dataset definition", .of_dataset = true, .needs = Permission::columns},
};

// What the service itself writes.
constexpr std::string_view own_members[] = {"id", "created_at", "updated_at", "links", "dataset_slug"};

// Which column plays which part, until a call says otherwise. [docs: API, dataset definitions]
constexpr const char* first_definitions =
    R"({"duration_ms":"duration_ms","error":"error","name":"name","parent_id":"trace.parent_id","route":"http.route",)"
    R"("service_name":"service.name","span_id":"trace.span_id","span_kind":"meta.annotation_type",)"
    R"("annotation_type":"meta.annotation_type","link_trace_id":"trace.link.trace_id",)"
    R"("link_span_id":"trace.link.span_id","status":"http.status_code","trace_id":"trace.trace_id","user":"user.id"})";

std::string text_of(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// The id in {"slo": {"id": ...}}; a stranger wrote the object.
bool is_of_slo(const ordered_json& object, std::string_view id) {
  const auto slo = object.find("slo");
  if (slo == object.end() || !slo->is_object()) return false;
  const auto found = slo->find("id");
  return found != slo->end() && *found == id;
}

class Resource {
 public:
  Resource(const ConfigKind& kind, const Call& call, std::string dataset)
      : kind_(kind),
        call_(call),
        dataset_(std::move(dataset)),
        objects_(call.state.queries.objects(call.environment(), dataset_, kind.resource)) {}

  Decision list() const {
    ordered_json list = ordered_json::array();
    std::string_view wanted_by;
    std::string wanted;
    for (const auto& [name, value] : parse_query(call_.request.query())) {
      if (name != kind_.one_by && name != kind_.some_by) continue;
      wanted_by = name == kind_.one_by ? kind_.one_by : kind_.some_by;
      wanted = value;
    }
    for (const auto& [id, text] : objects_) {
      ordered_json object = ordered_json::parse(text);
      if (wanted_by.empty()) {
        list.push_back(std::move(object));
      } else if (wanted_by == kind_.one_by) {
        if (object[wanted_by] == wanted) return read(json_reply(200, object));
      } else if (is_of_slo(object, wanted)) {
        list.push_back(std::move(object));
      }
    }
    if (!wanted_by.empty() && wanted_by == kind_.one_by) return not_found(kind_.what, call_);
    return read(json_reply(200, list));
  }

  Decision create() const {
    const auto body = read_body(call_.request);
    if (!body) return body.error();
    const std::string id = call_.context.entropy.text(fmt::format("{} id", kind_.resource), 11, base58);
    ordered_json object = {{"id", id}};
    take_members(*body, object);
    const ordered_json defaults = ordered_json::parse(kind_.defaults);
    for (const auto& [name, value] : defaults.items()) {
      if (!object.contains(name)) object[name] = value;
    }
    if (auto refused = check(object, id)) return std::move(*refused);
    add_own(object);
    object["created_at"] = time_json(call_.now_ns());
    object["updated_at"] = time_json(call_.now_ns());
    return changed(201, id, object);
  }

  Decision get() const {
    const auto found = objects_.find(call_.id);
    if (found == objects_.end()) return not_found(kind_.what, call_);
    return read(json_reply(200, ordered_json::parse(found->second)));
  }

  Decision update() const {
    const auto found = objects_.find(call_.id);
    if (found == objects_.end()) return not_found(kind_.what, call_);
    const auto body = read_body(call_.request);
    if (!body) return body.error();
    ordered_json object = ordered_json::parse(found->second);
    take_members(*body, object);
    if (auto refused = check(object, call_.id)) return std::move(*refused);
    object["updated_at"] = time_json(call_.now_ns());
    return changed(200, call_.id, object);
  }

  Decision remove() const {
    if (!objects_.contains(call_.id)) return not_found(kind_.what, call_);
    recording::Reply reply;
    reply.status = 204;
    return answer_with(std::move(reply), call_, effect(call_.id, {}));
  }

  // One object a dataset, which is always there.
  Decision get_definitions() const { return read(json_reply(200, definitions())); }
  Decision patch_definitions() const {
    const auto body = read_body(call_.request);
    if (!body) return body.error();
    ordered_json object = definitions();
    for (const auto& [name, value] : body->items()) {
      const bool is_column = value.is_object() && value.contains("name") && value["name"].is_string();
      if (!object.contains(name) || (!is_column && !value.is_null())) {
        return refuse_member(name, object.contains(name) ? "must be null or {\"name\": a column}" : "is no definition");
      }
      object[name] = value;
      if (is_column && !value.contains("column_type")) object[name]["column_type"] = "column";
    }
    return changed(200, std::string(dataset_definitions), object);
  }

 private:
  static void take_members(const ordered_json& from, ordered_json& object) {
    for (const auto& [name, value] : from.items()) {
      if (std::ranges::find(own_members, name) == std::end(own_members)) object[name] = value;
    }
  }

  static Decision refuse_type(std::string_view name, std::string_view wanted) {
    return refuse(invalid_field(name, "incorrect_type", wanted),
                  finding(rule::api_body_invalid, std::string(name), std::string(wanted)));
  }

  Refusal check(const ordered_json& object, const std::string& id) const {
    for (const std::string_view name : kind_.required) {
      if (name.empty()) continue;
      const auto found = object.find(name);
      const bool is_blank = found != object.end() && found->is_string() && found->get_ref<const std::string&>().empty();
      if (found == object.end() || found->is_null() || is_blank) {
        return refuse(invalid_field(name, "missing", "cannot be blank"),
                      finding(rule::api_body_invalid, std::string(name), "cannot be blank"));
      }
      if (!found->is_string()) return refuse_type(name, "must be a string");
    }
    for (const Typed& member : kind_.members) {
      const auto found = object.find(member.name);
      if (found != object.end() && !found->is_null() && !member.is(*found)) {
        return refuse_type(member.name, member.wanted);
      }
    }
    for (const auto& [other, text] : objects_) {
      if (kind_.unique.empty() || other == id || ordered_json::parse(text)[kind_.unique] != object[kind_.unique]) {
        continue;
      }
      return refuse(problem(Problem::conflict, "A resource by that name already exists."),
                    finding(rule::api_body_invalid, std::string(kind_.unique),
                            fmt::format("{} exists", object[kind_.unique].dump())));
    }
    return kind_.check == nullptr ? std::nullopt : kind_.check(call_, object);
  }

  void add_own(ordered_json& object) const {
    if (kind_.of_dataset) {
      object["dataset_slug"] = dataset_.empty() ? std::string(all_datasets) : slug_of(dataset_);
    } else if (kind_.resource == "boards") {
      object["links"] = {
          {"board_url", fmt::format("https://ui.honeycomb.io/{}/environments/{}/board/{}", call_.account.team.slug,
                                    call_.environment(), object["id"].get_ref<const std::string&>())}};
    }
  }

  ordered_json definitions() const {
    const auto found = objects_.find(dataset_definitions);
    if (found != objects_.end()) return ordered_json::parse(found->second);
    ordered_json object = ordered_json::object();
    const ordered_json first = ordered_json::parse(first_definitions);
    for (const auto& [part, column] : first.items()) {
      object[part] = {{"name", column}, {"column_type", "column"}};
    }
    return object;
  }

  Decision changed(int status, const std::string& id, const ordered_json& object) const {
    return answer_with(json_reply(status, object), call_, effect(id, text_of(object)));
  }
  QueryEffect effect(const std::string& id, std::string json) const {
    QueryEffect effect;
    effect.set_dataset(dataset_);
    effect.mutable_object()->set_resource(std::string(kind_.resource));
    effect.mutable_object()->set_id(id);
    effect.mutable_object()->set_json(std::move(json));
    return effect;
  }

  const ConfigKind& kind_;
  const Call& call_;
  std::string dataset_;  // in lower case; empty: of the environment
  const ConfigObjects& objects_;
};

}  // namespace

const ConfigKind* find_config_kind(std::string_view resource) {
  const auto* const found = std::ranges::find(kinds, resource, &ConfigKind::resource);
  return found == std::end(kinds) ? nullptr : found;
}

Permission needed_for(const ConfigKind& kind) { return kind.needs; }

std::string_view methods_of(const ConfigKind& kind, std::size_t names) {
  const std::size_t before_id = kind.of_dataset ? 1 : 0;
  if (kind.resource == dataset_definitions) return names == 1 ? "GET, PATCH" : "";
  if (names == before_id) return "GET, POST";
  return names == before_id + 1 ? "GET, PUT, DELETE" : "";
}

Decision decide_config(const ConfigKind& kind, const Call& sent, std::size_t names) {
  Call call = sent;
  std::string dataset;
  if (kind.of_dataset) {
    auto found = kind.resource == dataset_definitions ? find_dataset(call) : find_dataset_or_all(call);
    if (!found) return found.error();
    dataset = std::move(*found);
  } else {
    call.id = std::exchange(call.dataset, {});
  }
  const Resource resource(kind, call, std::move(dataset));
  const std::string_view method = call.request.method;
  if (kind.resource == dataset_definitions) {
    return method == "GET" ? resource.get_definitions() : resource.patch_definitions();
  }
  if (names == (kind.of_dataset ? 1U : 0U)) return method == "GET" ? resource.list() : resource.create();
  if (method == "GET") return resource.get();
  return method == "PUT" ? resource.update() : resource.remove();
}

std::vector<CalculatedField> derived_columns_of(const HoneycombState& state, std::string_view environment,
                                                std::string_view dataset) {
  std::vector<CalculatedField> fields;
  const auto add = [&](std::string_view of) {
    for (const auto& [id, text] : state.queries.objects(environment, of, derived_columns)) {
      const ordered_json object = ordered_json::parse(text);
      auto expression = Expression::parse(object["expression"].get_ref<const std::string&>());
      if (expression) fields.push_back({object["alias"].get<std::string>(), std::move(*expression)});
    }
  };
  add(dataset);
  if (!dataset.empty()) add({});
  return fields;
}

std::optional<std::string> marker_color(const HoneycombState& state, std::string_view environment,
                                        std::string_view dataset, std::string_view type) {
  for (const auto& [id, text] : state.queries.objects(environment, dataset, marker_settings)) {
    const ordered_json object = ordered_json::parse(text);
    if (object["type"] == type) return object["color"].get<std::string>();
  }
  return std::nullopt;
}

}  // namespace understudy::honeycomb
