#include "rollbar/grouping_rules.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/json.h"
#include "rollbar/members.h"
#include "rollbar/paging.h"

namespace understudy::rollbar {

namespace {

using nlohmann::json;
using Kind = RuleCondition::Kind;
using simdjson::dom::element;

constexpr int most_depth = 20;

struct Leaf {
  std::string_view name;
  Kind kind;
  bool negated = false;
  bool or_equal = false;
  bool reversed = false;
};

// [docs: Custom Grouping]
constexpr Leaf leaves[] = {{"eq", Kind::equals},
                           {"neq", Kind::equals, true},
                           {"in", Kind::in},
                           {"nin", Kind::in, true},
                           {"contains", Kind::contains},
                           {"icontains", Kind::contains_without_case},
                           {"ncontains", Kind::contains, true},
                           {"startswith", Kind::starts_with},
                           {"endswith", Kind::ends_with},
                           {"gt", Kind::less, false, false, true},
                           {"gte", Kind::less, false, true, true},
                           {"lt", Kind::less},
                           {"lte", Kind::less, false, true},
                           {"regex_match", Kind::regex}};

using Parsed = std::expected<RuleCondition, std::string>;

Parsed condition_of(const json& value, int depth);

bool add_value(RuleCondition& condition, const json& value) {
  if (value.is_string()) condition.values.emplace_back(value.get<std::string>());
  if (value.is_number()) condition.values.emplace_back(value.get<double>());
  return value.is_string() || value.is_number();
}

Parsed leaf_of(const json& value) {
  RuleCondition condition;
  if (!value.contains("path") || !value["path"].is_string() || value.size() != 2) {
    return std::unexpected("a condition has a path and one comparison, or is one of any, all, none");
  }
  condition.path = value["path"];
  for (const Leaf& leaf : leaves) {
    const auto found = value.find(std::string(leaf.name));
    if (found == value.end()) continue;
    condition.kind = leaf.kind;
    condition.negated = leaf.negated;
    condition.or_equal = leaf.or_equal;
    condition.reversed = leaf.reversed;
    bool fits = true;
    if (leaf.kind == Kind::in) {
      fits =
          found->is_array() && std::ranges::all_of(*found, [&](const json& one) { return add_value(condition, one); });
    } else {
      fits = add_value(condition, *found);
    }
    if (!fits) return std::unexpected(fmt::format("{}: a text or a number is wanted, of in and nin a list", leaf.name));
    if (leaf.kind != Kind::regex) return condition;
    const auto* const pattern = std::get_if<std::string>(&condition.values[0]);
    if (pattern == nullptr) return std::unexpected("regex_match: a text is wanted");
    condition.regex = std::make_shared<re2::RE2>(*pattern, re2::RE2::Quiet);
    if (!condition.regex->ok()) return std::unexpected(fmt::format("regex_match: {}", condition.regex->error()));
    return condition;
  }
  return std::unexpected(
      "no such comparison; they are eq, neq, in, nin, contains, icontains, ncontains, startswith, "
      "endswith, gt, gte, lt, lte, regex_match");
}

Parsed branch_of(const json& list, Kind kind, int depth) {
  if (!list.is_array()) return std::unexpected("any, all and none hold a list of conditions");
  RuleCondition condition;
  condition.kind = kind;
  for (const json& one : list) {
    auto part = condition_of(one, depth + 1);
    if (!part) return part;
    condition.parts.push_back(std::move(*part));
  }
  return condition;
}

Parsed condition_of(const json& value, int depth) {
  if (depth > most_depth) return std::unexpected("conditions are nested too deep");
  if (!value.is_object()) return std::unexpected("a condition is an object");
  if (value.size() == 1 && value.contains("any")) return branch_of(value["any"], Kind::any, depth);
  if (value.size() == 1 && value.contains("all")) return branch_of(value["all"], Kind::all, depth);
  if (value.size() == 1 && value.contains("none")) return branch_of(value["none"], Kind::none, depth);
  return leaf_of(value);
}

// ---- over a payload

// Whether any value that the path leads to fits; a step "*" is each member or item.
bool any_at(const element& from, std::string_view path, const std::function<bool(const element&)>& fits) {
  if (path.empty()) return fits(from);
  const std::string_view step = path.substr(0, path.find('.'));
  const std::string_view rest = path.substr(std::min(path.size(), step.size() + 1));
  if (from.is_object()) {
    if (step != "*") {
      const MaybeElement inner = member_of(from, step);
      return inner && any_at(*inner, rest, fits);
    }
    const simdjson::dom::object members = from.get_object().value_unsafe();
    for (const auto member : members) {
      if (any_at(member.value, rest, fits)) return true;
    }
    return false;
  }
  if (!from.is_array()) return false;
  const simdjson::dom::array items = from.get_array().value_unsafe();
  const auto wanted = to_number(step);
  std::uint64_t place = 0;
  for (const element item : items) {
    if ((step == "*" || place == wanted) && any_at(item, rest, fits)) return true;
    ++place;
  }
  return false;
}

std::optional<RuleCondition::Value> value_of(const element& value) {
  if (value.is_string()) return std::string(text_of(value));
  double number = 0;
  if (value.get_double().get(number) == simdjson::SUCCESS) return number;
  return std::nullopt;
}

bool is_less(const RuleCondition& condition, double left) {
  const double* const right = std::get_if<double>(&condition.values[0]);
  if (right == nullptr) return false;
  if (condition.or_equal && left == *right) return true;
  return condition.reversed ? left > *right : left < *right;
}

bool satisfies(const RuleCondition& condition, const element& found) {
  const auto value = value_of(found);
  if (!value) return false;
  if (condition.kind == Kind::equals || condition.kind == Kind::in) {
    return std::ranges::find(condition.values, *value) != condition.values.end();
  }
  if (const double* const number = std::get_if<double>(&*value)) {
    return condition.kind == Kind::less && is_less(condition, *number);
  }
  const auto& text = std::get<std::string>(*value);
  if (condition.kind == Kind::regex) return re2::RE2::PartialMatch(text, *condition.regex);
  const auto* const part = std::get_if<std::string>(&condition.values[0]);
  if (part == nullptr) return false;
  switch (condition.kind) {
    case Kind::contains:
      return text.find(*part) != std::string::npos;
    case Kind::contains_without_case:
      return lower_case(text).find(lower_case(*part)) != std::string::npos;
    case Kind::starts_with:
      return text.starts_with(*part);
    case Kind::ends_with:
      return text.ends_with(*part);
    default:
      return false;
  }
}

bool holds(const RuleCondition& condition, const element& data) {
  const auto part_holds = [&](const RuleCondition& part) { return holds(part, data); };
  switch (condition.kind) {
    case Kind::any:
      return std::ranges::any_of(condition.parts, part_holds);
    case Kind::all:
      return std::ranges::all_of(condition.parts, part_holds);
    case Kind::none:
      return std::ranges::none_of(condition.parts, part_holds);
    default:
      return any_at(data, condition.path, [&](const element& found) { return satisfies(condition, found); }) !=
             condition.negated;
  }
}

// ---- templates

// Each "{{ name }}", where `value` has something to say; the others stay.
template <typename Value>
std::string filled(std::string_view pattern, const Value& value) {
  std::string text;
  while (!pattern.empty()) {
    const std::size_t start = pattern.find("{{");
    const std::size_t end = start == pattern.npos ? pattern.npos : pattern.find("}}", start);
    if (end == pattern.npos) return text += pattern;
    std::string_view name = pattern.substr(start + 2, end - start - 2);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    const std::optional<std::string> known = value(name);
    text += pattern.substr(0, start);
    text += known ? std::string_view(*known) : pattern.substr(start, end + 2 - start);
    pattern.remove_prefix(end + 2);
  }
  return text;
}

std::string with_paths(std::string_view pattern, const element& data) {
  return filled(pattern, [&](std::string_view name) -> std::optional<std::string> {
    if (name == "default_fingerprint" || name == "default_title") return std::nullopt;
    std::string told;  // of a path that leads nowhere nothing
    any_at(data, name, [&](const element& found) {
      told = found.is_string() ? std::string(text_of(found)) : simdjson::minify(found);
      return true;
    });
    return told;
  });
}

std::string take_text(std::string& to, const json& rule, const char* name, bool required) {
  if (!rule.contains(name)) return required ? fmt::format("{} is missing", name) : std::string();
  if (!rule[name].is_string()) return fmt::format("{}: a text is wanted", name);
  to = rule[name];
  return {};
}

}  // namespace

std::expected<GroupingRules, std::string> GroupingRules::parse(const json& rules) {
  if (!rules.is_array()) return std::unexpected("a list of rules is wanted");
  GroupingRules parsed;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto refuse = [&](std::string_view why) { return std::unexpected(fmt::format("[{}]: {}", i, why)); };
    if (!rules[i].is_object() || !rules[i].contains("condition")) return refuse("condition is missing");
    auto condition = condition_of(rules[i]["condition"], 0);
    if (!condition) return refuse(condition.error());
    GroupingRule rule{.condition = std::move(*condition), .fingerprint = {}, .title = {}};
    if (const std::string fault = take_text(rule.fingerprint, rules[i], "fingerprint", true); !fault.empty()) {
      return refuse(fault);
    }
    if (const std::string fault = take_text(rule.title, rules[i], "title", false); !fault.empty()) return refuse(fault);
    parsed.rules_.push_back(std::move(rule));
  }
  if (!rules.empty()) parsed.text_ = rules.dump();
  return parsed;
}

std::optional<Regrouped> GroupingRules::apply(const element& data) const {
  for (const GroupingRule& rule : rules_) {
    if (holds(rule.condition, data)) return Regrouped{with_paths(rule.fingerprint, data), with_paths(rule.title, data)};
  }
  return std::nullopt;
}

std::string with_defaults(std::string_view pattern, std::string_view fingerprint, std::string_view title) {
  return filled(pattern, [&](std::string_view name) -> std::optional<std::string> {
    if (name == "default_fingerprint") return std::string(fingerprint);
    if (name == "default_title") return std::string(title);
    return std::nullopt;
  });
}

}  // namespace understudy::rollbar
