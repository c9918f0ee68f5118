// Contracts as YAML. docs/contract.schema.json says the same for editors; a test holds the two together.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/near_miss.h"
#include "contract/contract.h"

namespace understudy::contract {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using recording::Condition;
using recording::Filter;
using recording::Severity;

// What is wrong, and where. Never leaves this file.
struct Complaint {
  YAML::Mark mark;
  std::string text;
};

[[noreturn]] void complain(const YAML::Node& at, std::string text) { throw Complaint{at.Mark(), std::move(text)}; }

constexpr std::string_view contract_members[] = {"version", "expect", "findings"};
constexpr std::string_view expectation_members[] = {"that", "vendor",     "kind",     "where",     "count",
                                                    "each", "attributes", "child_of", "parent_of", "in_order"};
constexpr std::string_view count_members[] = {"exactly", "min", "max"};
constexpr std::string_view findings_members[] = {"not_above", "allow", "expect"};
constexpr std::string_view attribute_members[] = {"type", "value"};
// Others are not refused, but a slip of one of these is: "never a spna" would always hold.
constexpr std::string_view kinds[] = {"span",          "log_record", "metric",           "honeycomb_event",
                                      "segment",       "subsegment", "sampling_request", "sampling_statistics",
                                      "sampling_rule", "group",      "log_event",        "metric_datum",
                                      "item",          "deploy"};
constexpr std::string_view vendor_names[] = {"honeycomb", "xray", "cloudwatch_logs", "rollbar"};
constexpr std::string_view severities[] = {"info", "warning", "error"};  // in the order of Severity

std::string text_of(const YAML::Node& node, std::string_view what) {
  if (node.IsScalar()) return node.Scalar();
  complain(node, fmt::format("{} must be text", what));
}

// The member, if there is one.
YAML::Node member(const YAML::Node& map, std::string_view name) { return map[std::string(name)]; }

template <std::size_t Count>
void check_members(const YAML::Node& map, const std::string_view (&known)[Count], std::string_view what) {
  if (!map.IsMap()) complain(map, fmt::format("{} must be a mapping with {}", what, fmt::join(known, ", ")));
  std::vector<std::string> seen;
  for (const auto& pair : map) {
    const std::string name = text_of(pair.first, "the name of a member");
    if (std::find(std::begin(known), std::end(known), name) == std::end(known)) {
      const std::string_view near = nearest_name(name, known);
      complain(pair.first, near.empty()
                               ? fmt::format("{} has no member \"{}\": it has {}", what, name, fmt::join(known, ", "))
                               : fmt::format("{} has no member \"{}\": write \"{}\"", what, name, near));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      complain(pair.first, fmt::format("\"{}\" stands here twice", name));
    }
    seen.push_back(name);
  }
}

template <std::size_t Count>
std::size_t one_of(const YAML::Node& node, const std::string_view (&known)[Count], std::string_view what) {
  const std::string text = text_of(node, what);
  const auto found = std::find(std::begin(known), std::end(known), text);
  if (found != std::end(known)) return static_cast<std::size_t>(found - std::begin(known));
  const std::string_view near = nearest_name(text, known);
  complain(node, near.empty() ? fmt::format("\"{}\" is no {}: use one of {}", text, what, fmt::join(known, ", "))
                              : fmt::format("\"{}\" is no {}: write \"{}\"", text, what, near));
}

std::uint64_t whole_number(const YAML::Node& node, std::string_view what) {
  const std::string text = text_of(node, what);
  const bool digits = !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits) return std::stoull(text);
  complain(node, fmt::format("{} must be a whole number from 0 on, not \"{}\"", what, text));
}

// A plain scalar is a number, a boolean or null where it reads as one; quoted, it is text.
ordered_json value_of(const YAML::Node& node, int depth = 0) {
  constexpr int deepest = 16;  // an anchor may stand within itself
  if (depth > deepest) complain(node, "a value is nested too deeply");
  if (node.IsNull()) return nullptr;
  if (node.IsScalar()) {
    if (node.Tag() == "!") return node.Scalar();
    ordered_json value = ordered_json::parse(node.Scalar(), nullptr, false);
    const bool plain = !value.is_discarded() && !value.is_structured() && !value.is_string();
    return plain ? value : ordered_json(node.Scalar());
  }
  ordered_json value = node.IsSequence() ? ordered_json::array() : ordered_json::object();
  for (const auto& child : node) {
    if (node.IsSequence()) value.push_back(value_of(child, depth + 1));
    if (node.IsMap()) value[text_of(child.first, "the name of a member")] = value_of(child.second, depth + 1);
  }
  return value;
}

// "name = GET /", or {field: name, op: =, value: GET /}.
Condition condition_of(const YAML::Node& node) {
  if (node.IsScalar()) {
    auto condition = Filter::condition_from_text(node.Scalar());
    if (!condition) complain(node, condition.error().text());
    return *condition;
  }
  const auto filter = Filter::from_json(json::array({json(value_of(node))}));
  if (filter) return filter->conditions().front();
  std::string text = filter.error().text();
  if (text.starts_with("where[0]: ")) text.erase(0, 10);
  complain(node, std::move(text));
}

std::vector<Condition> conditions_of(const YAML::Node& node, std::string_view what) {
  if (!node.IsSequence()) {
    complain(node, fmt::format("\"{}\" must be a list of conditions, such as [name = home, duration_ms < 100]", what));
  }
  std::vector<Condition> conditions;
  for (const auto& one : node) conditions.push_back(condition_of(one));
  return conditions;
}

Count count_of(const YAML::Node& node) {
  if (node.IsScalar() && node.Scalar() == "never") return {0, 0};
  if (node.IsScalar()) {
    if (node.Scalar().find_first_not_of("0123456789") != std::string::npos || node.Scalar().empty()) {
      complain(node, fmt::format("a count is a whole number, never, {{exactly: n}} or {{min: n, max: n}}, not \"{}\"",
                                 node.Scalar()));
    }
    const std::uint64_t exactly = whole_number(node, "a count");
    return {exactly, exactly};
  }
  check_members(node, count_members, "a count");
  const YAML::Node exactly = member(node, "exactly");
  const YAML::Node min = member(node, "min");
  const YAML::Node max = member(node, "max");
  if (exactly) {
    if (min || max) complain(node, "\"exactly\" says it all: leave out min and max");
    const std::uint64_t number = whole_number(exactly, "\"exactly\"");
    return {number, number};
  }
  Count count;
  if (!min && !max) complain(node, "a count needs exactly, min or max");
  count.min = min ? whole_number(min, "\"min\"") : 0;
  if (max) count.max = whole_number(max, "\"max\"");
  if (count.max && *count.max < count.min) complain(node, fmt::format("min {} is above max {}", count.min, *count.max));
  return count;
}

Type type_of(const YAML::Node& node) {
  const std::string text = text_of(node, "a type");
  if (const auto type = type_named(text)) return *type;
  const std::string_view near = nearest_name(text, type_names());
  complain(node, near.empty() ? fmt::format("\"{}\" is no type: use one of {}", text, fmt::join(type_names(), ", "))
                              : fmt::format("\"{}\" is no type: write \"{}\"", text, near));
}

// {app.now: text, app.result_length: {type: integer, value: 3}}
void read_attributes(const YAML::Node& node, Requirements& each) {
  if (!node.IsMap()) complain(node, "\"attributes\" must be a mapping from names to types, such as {app.now: text}");
  for (const auto& pair : node) {
    const std::string field = "attributes." + text_of(pair.first, "the name of an attribute");
    if (pair.second.IsScalar()) {
      each.types.push_back({field, type_of(pair.second)});
      continue;
    }
    check_members(pair.second, attribute_members, "an attribute");
    const YAML::Node type = member(pair.second, "type");
    const YAML::Node value = member(pair.second, "value");
    if (!type && !value) complain(pair.second, "an attribute needs a type, a value or both");
    if (type) each.types.push_back({field, type_of(type)});
    if (value) each.conditions.push_back({field, recording::FilterOp::equals, value_of(value)});
  }
}

std::string kind_of(const YAML::Node& node) {
  std::string kind = text_of(node, "\"kind\"");
  if (std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds)) return kind;
  if (const std::string_view near = nearest_name(kind, kinds); !near.empty()) {
    complain(node, fmt::format("\"{}\" is no kind of record: write \"{}\"", kind, near));
  }
  return kind;
}

Expectation expectation_of(const YAML::Node& node) {
  check_members(node, expectation_members, "an expectation");
  Expectation read;
  read.line = static_cast<std::size_t>(node.Mark().line) + 1;
  const YAML::Node that = member(node, "that");
  if (!that) complain(node, "an expectation needs \"that\": what it says, in a sentence");
  read.title = text_of(that, "\"that\"");
  if (const auto vendor = member(node, "vendor")) read.vendor = vendor_names[one_of(vendor, vendor_names, "vendor")];
  if (const auto kind = member(node, "kind")) read.kind = kind_of(kind);
  if (read.vendor.empty() && read.kind.empty()) complain(node, "an expectation needs a vendor or a kind");
  if (const auto where = member(node, "where")) read.where = Filter(conditions_of(where, "where"));
  if (const auto count = member(node, "count")) read.count = count_of(count);
  if (const auto each = member(node, "each")) read.each.conditions = conditions_of(each, "each");
  if (const auto attributes = member(node, "attributes")) read_attributes(attributes, read.each);
  if (const auto parent = member(node, "child_of")) read.each.parent = Filter(conditions_of(parent, "child_of"));
  if (const auto child = member(node, "parent_of")) read.each.child = Filter(conditions_of(child, "parent_of"));
  if (const auto order = member(node, "in_order")) {
    if (!order.IsSequence()) complain(order, "\"in_order\" must be a list of lists of conditions");
    for (const auto& step : order) read.in_order.emplace_back(conditions_of(step, "in_order"));
  }
  return read;
}

std::vector<std::string> finding_ids(const YAML::Node& node, std::string_view what) {
  if (!node.IsSequence()) complain(node, fmt::format("\"{}\" must be a list of finding ids", what));
  std::vector<std::string> ids;
  for (const auto& id : node) ids.push_back(text_of(id, "a finding id"));
  return ids;
}

FindingLimit findings_of(const YAML::Node& node) {
  check_members(node, findings_members, "\"findings\"");
  FindingLimit limit;
  limit.line = static_cast<std::size_t>(node.Mark().line) + 1;
  if (const auto above = member(node, "not_above")) {
    limit.not_above = static_cast<Severity>(one_of(above, severities, "severity"));
  }
  if (const auto allow = member(node, "allow")) limit.allowed = finding_ids(allow, "allow");
  if (const auto expect = member(node, "expect")) limit.expected = finding_ids(expect, "expect");
  return limit;
}

Contract contract_of(const YAML::Node& root) {
  if (!root.IsDefined() || root.IsNull())
    throw Complaint{YAML::Mark(), "the contract is empty: it needs version and expect"};
  check_members(root, contract_members, "a contract");
  const YAML::Node version = member(root, "version");
  if (!version) complain(root, "a contract needs \"version: 1\"");
  if (text_of(version, "\"version\"") != "1") complain(version, "this program reads contracts of version 1");
  Contract read;
  if (const YAML::Node expect = member(root, "expect")) {
    if (!expect.IsSequence()) complain(expect, "\"expect\" must be a list of expectations");
    for (const auto& one : expect) read.expectations.push_back(expectation_of(one));
  }
  if (const YAML::Node findings = member(root, "findings")) read.findings = findings_of(findings);
  if (read.expectations.empty() && !read.findings) complain(root, "a contract needs \"expect\" or \"findings\"");
  return read;
}

std::string placed(const std::string& name, const YAML::Mark& mark, std::string_view text) {
  const int line = mark.is_null() ? 0 : mark.line;
  const int column = mark.is_null() ? 0 : mark.column;
  return fmt::format("{}:{}:{}: {}", name, line + 1, column + 1, text);
}

}  // namespace

std::expected<Contract, std::string> read_contract(std::string_view yaml, const std::string& name) {
  try {
    Contract contract = contract_of(YAML::Load(std::string(yaml)));
    contract.name = name;
    return contract;
  } catch (const Complaint& complaint) {
    return std::unexpected(placed(name, complaint.mark, complaint.text));
  } catch (const YAML::Exception& error) {
    return std::unexpected(placed(name, error.mark, error.msg));
  }
}

std::expected<Contract, std::string> read_contract_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) return std::unexpected(fmt::format("cannot read the contract {}", path.string()));
  return read_contract(text.str(), path.string());
}

}  // namespace understudy::contract
