#include "xray/members.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "base/json.h"
#include "base/utf8.h"
#include "xray/names.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

std::string with_small_initial(std::string_view name) {
  std::string text(name);
  text.front() = to_lower(text.front());
  return text;
}

}  // namespace

aws::Error invalid_request(std::string message) { return {"InvalidRequestException", std::move(message), 400, {}}; }

// The type is that of AWS's JSON services; for X-Ray nobody recorded it [guess].
Answer unreadable(std::string_view place, std::string_view detail) {
  return Answer::refusal({"SerializationException", "", 400, {}},
                         found(id::request_unreadable, std::string(place), detail));
}

std::expected<nlohmann::json, Answer> object_of(const Call& call) {
  if (call.body.find_first_not_of(" \t\r\n") == std::string_view::npos) return nlohmann::json::object();
  thread_local JsonReader reader;
  const auto read = reader.read_padded(call.body);
  if (!read) return std::unexpected(unreadable("body", read.error().text()));
  if (read->is_null()) return nlohmann::json::object();
  if (!read->is_object()) return std::unexpected(unreadable("body", "not a JSON object"));
  return nlohmann::json(to_ordered_json(*read));
}

const nlohmann::json* Members::find(std::string_view name, Need need) {
  const auto member = object_.find(name);
  if (member != object_.end() && !member->is_null()) return &*member;
  if (need == Need::required) problems_->violations.add_null(path_of(name));
  return nullptr;
}

std::string Members::path_of(std::string_view name) const {
  return path_.empty() ? with_small_initial(name) : fmt::format("{}.{}", path_, with_small_initial(name));
}

Members Members::within(const nlohmann::json& object, std::string_view name) const {
  Members inner(object, path_of(name));
  inner.problems_ = problems_;
  return inner;
}

void Members::wrong_type(std::string_view name, std::string_view wanted) {
  if (problems_->wrong_type.empty()) problems_->wrong_type = fmt::format("{} is not {}", path_of(name), wanted);
}

void Members::violation(std::string_view name, std::string_view value, std::string_view constraint) {
  problems_->violations.add(value, path_of(name), constraint);
}

std::optional<std::string> Members::text(std::string_view name, std::size_t min, std::size_t max, Need need) {
  const auto* value = find(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(name, "a string");
    return std::nullopt;
  }
  auto text = value->get<std::string>();
  const auto length = characters_in(text);
  if (length < min) violation(name, text, aws::constraint::min_length(min));
  if (length > max) violation(name, text, aws::constraint::max_length(max));
  return text;
}

void Members::number_bounds(std::string_view name, const nlohmann::json& value, double min, double max) {
  const auto number = value.get<double>();
  if (number < min) violation(name, value.dump(), aws::constraint::min_value(static_cast<std::int64_t>(min)));
  if (number > max) violation(name, value.dump(), aws::constraint::max_value(static_cast<std::int64_t>(max)));
}

std::optional<std::int64_t> Members::integer(std::string_view name, std::int64_t min, std::int64_t max, Need need) {
  const auto* value = find(name, need);
  if (value == nullptr) return std::nullopt;
  const bool is_whole = value->is_number_integer() ||
                        (value->is_number_float() && std::trunc(value->get<double>()) == value->get<double>());
  if (!is_whole) {
    wrong_type(name, "an integer");
    return std::nullopt;
  }
  number_bounds(name, *value, static_cast<double>(min), static_cast<double>(max));
  const auto number = value->get<double>();
  if (number < static_cast<double>(min)) return min;
  if (number > static_cast<double>(max)) return max;
  return value->get<std::int64_t>();
}

std::optional<double> Members::number(std::string_view name, double min, double max, Need need) {
  const auto* value = find(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    wrong_type(name, "a number");
    return std::nullopt;
  }
  number_bounds(name, *value, min, max);
  return value->get<double>();
}

std::optional<bool> Members::boolean(std::string_view name) {
  const auto* value = find(name, Need::optional);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    wrong_type(name, "a boolean");
    return std::nullopt;
  }
  return value->get<bool>();
}

std::optional<std::string> Members::choice(std::string_view name, std::initializer_list<std::string_view> names,
                                           Need need) {
  auto value = text(name, 0, std::string::npos, need);
  if (value && std::ranges::find(names, *value) == names.end()) {
    violation(name, *value, aws::constraint::one_of(fmt::format("{}", fmt::join(names, ", "))));
  }
  return value;
}

const nlohmann::json* Members::object(std::string_view name, Need need) {
  const auto* value = find(name, need);
  if (value == nullptr || value->is_object()) return value;
  wrong_type(name, "an object");
  return nullptr;
}

const nlohmann::json* Members::array(std::string_view name, Need need) {
  const auto* value = find(name, need);
  if (value == nullptr || value->is_array()) return value;
  wrong_type(name, "an array");
  return nullptr;
}

std::optional<Answer> Members::refusal() const {
  if (!problems_->wrong_type.empty()) return unreadable("body", problems_->wrong_type);
  if (problems_->violations.empty()) return std::nullopt;
  // The constraints are those of the model [code]; that they are said in the sentence of AWS's framework is a [guess].
  auto message = problems_->violations.message();
  auto finding = found(id::request_constraint, "body", message);
  return Answer::refusal(invalid_request(std::move(message)), std::move(finding));
}

}  // namespace understudy::xray
