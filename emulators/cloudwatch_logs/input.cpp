#include "cloudwatch_logs/input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "aws/arn.h"
#include "base/json.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::ordered_json;

// Numbers are cut to whole ones, as Coral's TruncatingBigNumber says of itself [guess].
std::int64_t whole(const ordered_json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return number > std::uint64_t{INT64_MAX} ? INT64_MAX : static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  const auto number = value.get<double>();
  if (number >= 9.2e18) return INT64_MAX;
  if (number <= -9.2e18) return INT64_MIN;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::string_view java_type_of(const ordered_json& value) {
  if (value.is_string()) return "java.lang.String";
  if (value.is_boolean()) return "java.lang.Boolean";
  if (value.is_number()) return "com.amazon.coral.value.json.numbers.TruncatingBigNumber";
  return value.is_array() ? "java.util.ArrayList" : "java.util.HashMap";
}

aws::Error wrong_type(std::string_view java_type, std::string_view wanted) {
  return {"SerializationException",
          fmt::format("class {} can not be converted to {} {}", java_type, wanted == "String" ? "an" : "a", wanted),
          400,
          {}};
}

recording::Decision refuse_wrong_type(const Call& call, std::string_view place, const aws::Error& error) {
  return refuse(call, error, finding("body.type", std::string(place), error.message));
}

recording::Decision refuse_unreadable(const Call& call, std::string detail, std::uint64_t offset) {
  return refuse(call, {"SerializationException", "", 400, {}},
                finding("body.not-json", "body", std::move(detail), offset, 1));
}

Input::Input(const Call& call) : call_(call), members_(ordered_json::object()) {
  if (call.body.empty()) return;  // taken for {} [guess]
  thread_local JsonReader reader;
  const auto parsed = reader.read_padded(call.body);
  if (!parsed) {
    unreadable_ = refuse_unreadable(call, parsed.error().text(), parsed.error().offset);
  } else if (!parsed->is_object()) {
    unreadable_ = refuse_unreadable(call, "the JSON is no object", 0);
  } else {
    members_ = to_ordered_json(*parsed);
  }
}

const ordered_json* Input::member(std::string_view name) const {
  const auto found = members_.find(name);
  return found == members_.end() || found->is_null() ? nullptr : &*found;
}

bool Input::given(std::string_view name) const { return member(name) != nullptr; }

void Input::type_fault(std::string_view name, const ordered_json& value, std::string_view wanted) {
  if (type_fault_) return;
  type_fault_ = refuse_wrong_type(call_, name, wrong_type(java_type_of(value), wanted));
}

void Input::check(std::string_view name, std::string_view value, const TextRule& rule) {
  if (rule.is_name && utf16_length(value) > rule.max) {
    if (too_long_) return;
    too_long_ = refuse(
        call_, invalid_parameter("Invalid LogGroup or LogStream, both must have length less than or equal to 512."),
        finding("input.name-too-long", std::string(name), fmt::format("{} characters", utf16_length(value))));
    return;
  }
  const bool was_empty = violations_.empty();
  check_text(violations_, name, value, rule);
  if (was_empty && !violations_.empty()) {
    violated_ = name;
    violated_value_ = cut(value, 200);
  }
}

void Input::absent(std::string_view name) {
  if (violations_.empty()) violated_ = name;
  violations_.add_null(name);
}

std::optional<std::string> Input::text(std::string_view name, const TextRule& rule) {
  const auto* value = member(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    type_fault(name, *value, "String");
    return std::nullopt;
  }
  auto given_text = value->get<std::string>();
  check(name, given_text, rule);
  return given_text;
}

std::string Input::required_text(std::string_view name, const TextRule& rule) {
  if (!given(name)) absent(name);
  return text(name, rule).value_or("");
}

std::optional<std::string> Input::one_of(std::string_view name, std::string_view names) {
  auto chosen = text(name);
  if (chosen && !fmt::format(", {},", names).contains(fmt::format(" {},", *chosen))) {
    if (violations_.empty()) {
      violated_ = name;
      violated_value_ = *chosen;
    }
    violations_.add(*chosen, name, aws::constraint::one_of(names));
  }
  return chosen;
}

std::optional<std::int64_t> Input::number(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto* value = member(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    type_fault(name, *value, max > INT32_MAX ? "Long" : "Integer");
    return std::nullopt;
  }
  return this->number(name, *value, min, max);
}

std::int64_t Input::number(std::string_view name, const ordered_json& value, std::int64_t min, std::int64_t max) {
  const auto number = whole(value);
  if (number >= min && number <= max) return number;
  if (violations_.empty()) {
    violated_ = name;
    violated_value_ = fmt::to_string(number);
  }
  violations_.add(fmt::to_string(number), name,
                  number < min ? aws::constraint::min_value(min) : aws::constraint::max_value(max));
  return number;
}

std::int64_t Input::required_number(std::string_view name) {
  if (!given(name)) absent(name);
  return number(name, INT64_MIN, INT64_MAX).value_or(0);
}

bool Input::flag(std::string_view name, bool otherwise) {
  const auto* value = member(name);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  type_fault(name, *value, "Boolean");
  return otherwise;
}

std::optional<std::vector<std::string>> Input::texts(std::string_view name, std::size_t min, std::size_t max,
                                                     const TextRule& each, bool required) {
  const auto* list = member(name);
  if (list == nullptr) {
    if (required) absent(name);
    return std::nullopt;
  }
  if (!list->is_array()) {
    type_fault(name, *list, "List");
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto place = fmt::format("{}.{}.member", name, i + 1);
    if (!(*list)[i].is_string()) {
      type_fault(place, (*list)[i], "String");
      return std::nullopt;
    }
    values.push_back((*list)[i].get<std::string>());
    check(place, values.back(), each);
  }
  const auto count = values.size();
  if (count < min || count > max) {
    if (violations_.empty()) violated_ = name;
    violations_.add(cut(fmt::format("[{}]", fmt::join(values, ", ")), 1000), name,
                    count < min ? aws::constraint::min_length(min) : aws::constraint::max_length(max));
  }
  return values;
}

std::optional<Tags> Input::tags(std::string_view name, bool required) {
  const auto* map = member(name);
  if (map == nullptr) {
    if (required) absent(name);
    return std::nullopt;
  }
  if (!map->is_object()) {
    type_fault(name, *map, "Map");
    return std::nullopt;
  }
  Tags tags;
  for (const auto& [key, value] : map->items()) {
    if (!value.is_string()) {
      type_fault(fmt::format("{}.{}", name, key), value, "String");
      return std::nullopt;
    }
    check(name, key, {1, 128, "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$", is_tag_key, false, true});
    check(name, value.get<std::string>(), {0, 256});
    tags[key] = value.get<std::string>();
  }
  if (tags.empty()) {
    if (violations_.empty()) violated_ = name;
    violations_.add("{}", name, aws::constraint::min_length(1));
  }
  return tags;
}

std::string Input::group() {
  const auto name = text("logGroupName", group_name);
  const auto identifier = text("logGroupIdentifier", group_identifier);
  if (name && identifier) {
    group_fault_ = refuse(
        call_, {"ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.", 400, {}},
        finding("input.exclusive", "logGroupIdentifier", "logGroupName is given too"));
  } else if (!name && !identifier) {
    group_fault_ =
        refuse(call_, {"ValidationException", "Either LogGroup name or LogGroup ARN must be specified.", 400, {}},
               finding("input.group-absent", "logGroupName", ""));
  } else if (identifier && identifier->starts_with("arn:")) {
    const auto own = aws::arn("logs", call_.place.region, call_.place.account, "log-group:");
    if (identifier->starts_with(own)) return identifier->substr(own.size());
    group_fault_ = refuse_missing_group(call_, *identifier);
  }
  return name ? *name : identifier.value_or("");
}

std::optional<recording::Decision> Input::refusal_of_constraints() const {
  if (violations_.empty()) return std::nullopt;
  std::string_view what = "input.constraint";
  if (violated_ == "logStreamName" && !is_stream_name(violated_value_)) what = "stream.name";
  if (violated_value_.starts_with("arn:") && violated_value_.ends_with(":*")) what = "input.identifier-arn-star";
  const auto message = violations_.message();
  return refuse(call_, invalid_parameter(message), finding(what, violated_, std::string(cut(message, 600))));
}

std::optional<recording::Decision> Input::refusal() const {
  if (unreadable_) return unreadable_;
  if (type_fault_) return type_fault_;
  if (too_long_) return too_long_;
  if (auto refused = refusal_of_constraints()) return refused;
  return group_fault_;
}

}  // namespace understudy::cloudwatch_logs
