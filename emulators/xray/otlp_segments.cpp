#include "xray/otlp_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/json.h"
#include "xray/limits.h"
#include "xray/names.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;
using namespace std::string_view_literals;

const ordered_json* find(const ordered_json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto member = object.find(name);
  return member == object.end() ? nullptr : &*member;
}

std::string text_of(const ordered_json* value) {
  if (value == nullptr || value->is_null()) return "";
  return value->is_string() ? value->get<std::string>()
                            : value->dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

double seconds_of(const ordered_json* nanoseconds) {
  if (nanoseconds == nullptr) return 0;
  const auto number = nanoseconds->is_string()
                          ? std::strtod(nanoseconds->get_ref<const std::string&>().c_str(), nullptr)
                      : nanoseconds->is_number() ? nanoseconds->get<double>()
                                                 : 0;
  return number / 1e9;
}

// Attributes of a span and its resource; notes which went into a member of their own.
class Attributes {
 public:
  explicit Attributes(const ordered_json& span) {
    static const ordered_json none = ordered_json::object();
    const auto* own = find(span, "attributes");
    own_ = own != nullptr && own->is_object() ? own : &none;
    const auto* resource = find(span, "resource");
    const auto* of_resource = resource == nullptr ? nullptr : find(*resource, "attributes");
    resource_ = of_resource != nullptr && of_resource->is_object() ? of_resource : &none;
  }

  std::string own(std::string_view name) {
    const auto* value = find(*own_, name);
    if (value != nullptr) used_.insert(std::string(name));
    return text_of(value);
  }
  // The first of several names, the old and the new convention.
  std::string own(std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
      if (auto text = own(name); !text.empty()) return text;
    }
    return "";
  }
  std::string resource(std::string_view name) const { return text_of(find(*resource_, name)); }
  const ordered_json& all() const { return *own_; }
  const ordered_json& of_resource() const { return *resource_; }
  bool is_used(const std::string& name) const { return used_.contains(name); }

 private:
  const ordered_json* own_;
  const ordered_json* resource_;
  std::set<std::string> used_;
};

// Characters that X-Ray refuses are left out.
std::string clean_name(std::string name) {
  std::erase_if(name,
                [](char c) { return static_cast<unsigned char>(c) < 0x80 && wrong_in_name({&c, 1}).has_value(); });
  name = name.substr(0, longest_name);
  return name.empty() ? "span" : name;
}

std::string without_prefix(std::string text) {
  for (const auto prefix : {"AWS.SDK."sv, "AWS::"sv}) {
    if (text.starts_with(prefix)) return text.substr(prefix.size());
  }
  return text;
}

std::string name_of(Attributes& attributes, const ordered_json& span, bool is_server) {
  std::string name;
  const auto take = [&](std::string candidate) {
    if (name.empty()) name = std::move(candidate);
  };
  if (is_server) take(attributes.own("aws.local.service"));
  if (!is_server) take(without_prefix(attributes.own("aws.remote.service")));
  take(attributes.own("peer.service"));
  take(attributes.own("aws.service"));
  if (const auto database = attributes.own({"db.name", "db.namespace"}); !database.empty()) {
    const auto host = attributes.own({"net.peer.name", "server.address"});
    take(host.empty() ? database : fmt::format("{}@{}", database, host));
  }
  if (is_server) take(attributes.resource("service.name"));
  take(attributes.own("rpc.service"));
  take(attributes.own("http.host"));
  take(attributes.own({"net.peer.name", "server.address"}));
  take(text_of(find(span, "name")));
  return clean_name(std::move(name));
}

void put(ordered_json& into, std::string_view name, std::string text) {
  if (!text.empty()) into[std::string(name)] = std::move(text);
}

int status_of(Attributes& attributes) {
  return std::atoi(attributes.own({"http.response.status_code", "http.status_code"}).c_str());
}

void add_http(ordered_json& document, Attributes& attributes, int status) {
  ordered_json request = ordered_json::object();
  put(request, "method", attributes.own({"http.request.method", "http.method"}));
  auto url = attributes.own({"url.full", "http.url"});
  if (url.empty()) {
    const auto scheme = attributes.own({"url.scheme", "http.scheme"});
    const auto host = attributes.own({"http.host", "server.address", "net.host.name"});
    const auto path = attributes.own({"url.path", "http.target"});
    if (!host.empty() || !path.empty()) url = fmt::format("{}://{}{}", scheme.empty() ? "http" : scheme, host, path);
  }
  put(request, "url", url);
  put(request, "user_agent", attributes.own({"user_agent.original", "http.user_agent"}));
  const auto client = attributes.own({"client.address", "http.client_ip"});
  const auto peer = attributes.own({"network.peer.address", "net.peer.ip"});
  put(request, "client_ip", client.empty() ? peer : client);
  if (!client.empty() && peer.empty()) request["x_forwarded_for"] = true;
  if (request.empty() && status == 0) return;
  document["http"]["request"] = std::move(request);
  const auto length = attributes.own({"http.response.body.size", "http.response_content_length"});
  document["http"]["response"] = {{"status", status}, {"content_length", std::atoll(length.c_str())}};
}

void add_status(ordered_json& document, const ordered_json& span, int status) {
  if (status >= 400 && status < 500) document["error"] = true;
  if (status == 429) document["throttle"] = true;
  if (status >= 500) document["fault"] = true;
  const auto* own = find(span, "status");
  if (status == 0 && own != nullptr && text_of(find(*own, "code")) == "ERROR") document["fault"] = true;
}

void add_cause(ordered_json& document, const ordered_json& span) {
  const auto* events = find(span, "events");
  if (events == nullptr || !events->is_array()) return;
  auto exceptions = ordered_json::array();
  for (const auto& event : *events) {
    const auto* attributes = find(event, "attributes");
    if (text_of(find(event, "name")) != "exception" || attributes == nullptr) continue;
    exceptions.push_back({{"id", fmt::format("{:016x}", exceptions.size() + 1)},
                          {"message", text_of(find(*attributes, "exception.message"))},
                          {"type", text_of(find(*attributes, "exception.type"))}});
  }
  if (!exceptions.empty()) document["cause"] = {{"exceptions", std::move(exceptions)}};
}

void add_sql(ordered_json& document, const ordered_json& span, Attributes& attributes) {
  static constexpr std::string_view systems[] = {"db2",    "derby",      "hive",   "mariadb",  "mssql",    "mysql",
                                                 "oracle", "postgresql", "sqlite", "teradata", "other_sql"};
  const auto system = attributes.own({"db.system", "db.system.name"});
  if (std::ranges::find(systems, system) == std::end(systems)) return;
  const auto connection = attributes.own("db.connection_string");
  ordered_json sql = {{"connection_string", fmt::format("{}/{}", connection.empty() ? "localhost" : connection,
                                                        attributes.own({"db.name", "db.namespace"}))},
                      {"url", text_of(find(span, "name"))},
                      {"database_type", system}};
  put(sql, "sanitized_query", attributes.own({"db.statement", "db.query.text"}));
  put(sql, "user", attributes.own("db.user"));
  document["sql"] = std::move(sql);
}

std::string origin_of(const Attributes& attributes) {
  static constexpr std::pair<std::string_view, std::string_view> origins[] = {
      {"aws_ec2", "AWS::EC2::Instance"},
      {"aws_eks", "AWS::EKS::Container"},
      {"aws_elastic_beanstalk", "AWS::ElasticBeanstalk::Environment"},
      {"aws_app_runner", "AWS::AppRunner::Service"}};
  const auto platform = attributes.resource("cloud.platform");
  if (platform == "aws_ecs") {
    const auto launch = attributes.resource("aws.ecs.launchtype");
    return launch == "fargate" ? "AWS::ECS::Fargate" : launch == "ec2" ? "AWS::ECS::EC2" : "AWS::ECS::Container";
  }
  for (const auto& [known, origin] : origins) {
    if (platform == known) return std::string(origin);
  }
  return "";
}

std::string annotation_key(std::string key) {
  std::ranges::replace_if(key, [](char c) { return !is_annotation_key({&c, 1}) || c == '.'; }, '_');
  return key;
}

// "aws.xray.metadata.<namespace>" holds the JSON of a whole namespace; empty: another attribute.
std::string_view metadata_namespace(std::string_view key) {
  constexpr std::string_view prefix = "aws.xray.metadata.";
  return key.starts_with(prefix) ? key.substr(prefix.size()) : std::string_view();
}

// What aws.xray.annotations lists goes into annotations, the rest into metadata; those of the resource of segments
// only.
void add_attributes(ordered_json& document, const Attributes& attributes, bool is_segment) {
  std::set<std::string> indexed;
  if (const auto* list = find(attributes.all(), "aws.xray.annotations"); list != nullptr && list->is_array()) {
    for (const auto& key : *list) {
      if (key.is_string()) indexed.insert(key.get<std::string>());
    }
  }
  for (const auto& [key, value] : attributes.all().items()) {
    if (key == "aws.xray.annotations") continue;
    if (const auto space = metadata_namespace(key); !space.empty() && value.is_string()) {
      JsonReader reader;
      const auto parsed = reader.read(value.get_ref<const std::string&>());
      document["metadata"][std::string(space)] = parsed ? to_ordered_json(*parsed) : value;
      continue;
    }
    if (indexed.contains(key) && value.is_primitive()) {
      document["annotations"][annotation_key(key)] = value;
    } else if (!attributes.is_used(key)) {
      document["metadata"]["default"][key] = value;
    }
  }
  if (!is_segment) return;
  for (const auto& [key, value] : attributes.of_resource().items()) {
    document["metadata"]["default"]["otel.resource." + key] = value;
  }
}

void add_aws(ordered_json& document, Attributes& attributes) {
  ordered_json aws = ordered_json::object();
  put(aws, "account_id", attributes.resource("cloud.account.id"));
  put(aws, "region", attributes.own("aws.region"));
  put(aws, "operation", attributes.own("aws.operation"));
  put(aws, "request_id", attributes.own({"aws.request_id", "aws.request.id"}));
  if (const auto sdk = attributes.resource("telemetry.sdk.name"); !sdk.empty()) {
    aws["xray"]["sdk"] = fmt::format("{} for {}", sdk, attributes.resource("telemetry.sdk.language"));
    put(aws["xray"], "sdk_version", attributes.resource("telemetry.sdk.version"));
  }
  if (!aws.empty()) document["aws"] = std::move(aws);
}

void add_links(ordered_json& document, const ordered_json& span) {
  const auto* links = find(span, "links");
  if (links == nullptr || !links->is_array()) return;
  for (const auto& link : *links) {
    const auto trace = text_of(find(link, "trace_id"));
    if (trace.size() != 32) continue;
    ordered_json made = {{"trace_id", fmt::format("1-{}-{}", trace.substr(0, 8), trace.substr(8))},
                         {"id", text_of(find(link, "span_id"))}};
    if (const auto* own = find(link, "attributes"); own != nullptr && !own->empty()) made["attributes"] = *own;
    document["links"].push_back(std::move(made));
  }
}

// Another id that the same span always gets: every bit of its own turned.
std::string other_id(std::string id) {
  for (char& c : id) c = "fedcba9876543210"[hex_value(c) & 15];
  return id;
}

}  // namespace

std::vector<ordered_json> documents_of_span(const ordered_json& span) {
  const auto kind = text_of(find(span, "kind"));
  const auto parent = text_of(find(span, "parent_span_id"));
  const auto trace = text_of(find(span, "trace_id"));
  const auto id = text_of(find(span, "span_id"));
  const bool is_call = kind == "CLIENT" || kind == "PRODUCER" || kind == "CONSUMER";
  const bool makes_two = parent.empty() && is_call;
  const bool is_segment = kind == "SERVER" || (parent.empty() && !makes_two);
  Attributes attributes(span);

  ordered_json document;
  document["name"] = name_of(attributes, span, !is_call);
  document["id"] = id;
  document["trace_id"] = trace.size() == 32 ? fmt::format("1-{}-{}", trace.substr(0, 8), trace.substr(8)) : trace;
  document["start_time"] = seconds_of(find(span, "start_time_unix_nano"));
  document["end_time"] = seconds_of(find(span, "end_time_unix_nano"));
  if (!is_segment) document["type"] = "subsegment";
  if (makes_two) document["parent_id"] = other_id(id);
  if (!parent.empty()) document["parent_id"] = parent;
  if (attributes.own("rpc.system") == "aws-api") {
    document["namespace"] = "aws";
  } else if (kind == "CLIENT") {
    document["namespace"] = "remote";
  }
  put(document, "user", attributes.own("enduser.id"));
  const auto status = status_of(attributes);
  add_http(document, attributes, status);
  add_status(document, span, status);
  add_cause(document, span);
  add_sql(document, span, attributes);
  add_aws(document, attributes);
  add_links(document, span);
  if (is_segment) {
    put(document, "origin", origin_of(attributes));
    auto version = attributes.resource("service.version");
    if (version.empty()) version = attributes.resource("container.image.tag");
    if (!version.empty()) document["service"] = {{"version", version}};
  }
  add_attributes(document, attributes, is_segment);
  if (!makes_two) return {std::move(document)};
  ordered_json service = {{"name", clean_name(attributes.resource("service.name"))},
                          {"id", other_id(id)},
                          {"trace_id", document["trace_id"]},
                          {"start_time", document["start_time"]},
                          {"end_time", document["end_time"]}};
  for (const auto* flag : {"error", "throttle", "fault"}) {
    if (document.contains(flag)) service[flag] = true;
  }
  return {std::move(service), std::move(document)};
}

}  // namespace understudy::xray
