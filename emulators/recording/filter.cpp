#include "recording/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "base/bytes.h"
#include "base/near_miss.h"
#include "base/utf8.h"
#include "recording/moment.h"

namespace understudy::recording {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

// In the order of FilterOp.
constexpr std::string_view op_names[] = {
    "=",           "!=",
    ">",           ">=",
    "<",           "<=",
    "starts-with", "does-not-start-with",
    "ends-with",   "does-not-end-with",
    "exists",      "does-not-exist",
    "contains",    "does-not-contain",
    "in",          "not-in",
};

// What people write who know another language.
struct Alias {
  std::string_view written;
  FilterOp meant;
};
constexpr Alias aliases[] = {
    {"==", FilterOp::equals},
    {"===", FilterOp::equals},
    {"is", FilterOp::equals},
    {"eq", FilterOp::equals},
    {"equals", FilterOp::equals},
    {"<>", FilterOp::differs},
    {"ne", FilterOp::differs},
    {"!==", FilterOp::differs},
    {"gt", FilterOp::greater},
    {"ge", FilterOp::at_least},
    {"gte", FilterOp::at_least},
    {"=>", FilterOp::at_least},
    {"lt", FilterOp::less},
    {"le", FilterOp::at_most},
    {"lte", FilterOp::at_most},
    {"=<", FilterOp::at_most},
    {"like", FilterOp::contains},
    {"includes", FilterOp::contains},
    {"prefix", FilterOp::starts_with},
    {"suffix", FilterOp::ends_with},
    {"any-of", FilterOp::in},
};

constexpr std::string_view own_prefix = "record.";

bool takes_value(FilterOp op) { return op != FilterOp::exists && op != FilterOp::does_not_exist; }
bool takes_list(FilterOp op) { return op == FilterOp::in || op == FilterOp::not_in; }
bool takes_text(FilterOp op) { return op >= FilterOp::starts_with && op <= FilterOp::does_not_end_with; }
bool takes_order(FilterOp op) { return op >= FilterOp::greater && op <= FilterOp::at_most; }

// ---- fields

const ordered_json* descend(const ordered_json& from, std::string_view path) {
  if (from.is_array()) {
    const std::string_view digits = path.substr(0, path.find('.'));
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size() || index >= from.size()) return nullptr;
    return digits.size() == path.size() ? &from[index] : descend(from[index], path.substr(digits.size() + 1));
  }
  if (!from.is_object()) return nullptr;
  // The longest key first: a key with dots in it is more to the point than a way through shorter ones.
  for (std::size_t length = path.size(); length != std::string_view::npos && length > 0;
       length = path.rfind('.', length - 1)) {
    const auto found = from.find(path.substr(0, length));
    if (found == from.end()) continue;
    if (length == path.size()) return &*found;
    if (const ordered_json* deeper = descend(*found, path.substr(length + 1))) return deeper;
  }
  return nullptr;
}

bool own_member(const Record& record, std::string_view name, ordered_json& own) {
  if (name == "vendor") return own = record.vendor, true;
  if (name == "kind") return own = record.kind, true;
  if (name == "id") return own = record_id(record), true;
  if (name == "entry") return own = record.entry, true;
  if (name == "time") return own = rfc3339(record.time_ns), true;
  if (name == "session") return own = record.session, true;
  return false;
}

const ordered_json* descend_below(const ordered_json& fields, std::initializer_list<const char*> members,
                                  std::string_view path) {
  const ordered_json* at = &fields;
  for (const char* member : members) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(member);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return descend(*at, path);
}

// ---- values

// Exact for every 64-bit integer and every double.
static_assert(std::numeric_limits<long double>::digits >= 64);

long double number_of(const ordered_json& value) {
  if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
  if (value.is_number_integer()) return static_cast<long double>(value.get<std::int64_t>());
  return static_cast<long double>(value.get<double>());
}

bool equal(const ordered_json& left, const ordered_json& right) {
  if (left.is_number() && right.is_number()) return number_of(left) == number_of(right);
  return left.type() == right.type() && left == right;
}

bool same_type(const ordered_json& left, const ordered_json& right) {
  return left.is_number() ? right.is_number() : left.type() == right.type();
}

// Less than 0, 0, greater than 0; nothing where the two have no order.
std::optional<int> order(const ordered_json& left, const ordered_json& right) {
  if (left.is_number() && right.is_number()) {
    const long double a = number_of(left), b = number_of(right);
    if (a != a || b != b) return std::nullopt;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (!left.is_string() || !right.is_string()) return std::nullopt;
  return left.get_ref<const std::string&>().compare(right.get_ref<const std::string&>());
}

bool holds_order(FilterOp op, const ordered_json& value, const ordered_json& wanted) {
  const auto result = order(value, wanted);
  if (!result) return false;
  switch (op) {
    case FilterOp::greater:
      return *result > 0;
    case FilterOp::at_least:
      return *result >= 0;
    case FilterOp::less:
      return *result < 0;
    default:
      return *result <= 0;
  }
}

bool holds_text(FilterOp op, const ordered_json& value, const ordered_json& wanted) {
  if (!value.is_string()) return false;
  const std::string& text = value.get_ref<const std::string&>();
  const std::string& part = wanted.get_ref<const std::string&>();
  switch (op) {
    case FilterOp::starts_with:
      return text.starts_with(part);
    case FilterOp::does_not_start_with:
      return !text.starts_with(part);
    case FilterOp::ends_with:
      return text.ends_with(part);
    default:
      return !text.ends_with(part);
  }
}

// Part of a text, or element of a list.
bool holds_contains(bool wants, const ordered_json& value, const ordered_json& wanted) {
  if (value.is_array()) {
    return wants ==
           std::any_of(value.begin(), value.end(), [&](const auto& element) { return equal(element, wanted); });
  }
  if (!value.is_string() || !wanted.is_string()) return false;
  const bool found =
      value.get_ref<const std::string&>().find(wanted.get_ref<const std::string&>()) != std::string::npos;
  return wants == found;
}

bool holds_in(bool wants, const ordered_json& value, const ordered_json& list) {
  const bool comparable =
      std::any_of(list.begin(), list.end(), [&](const auto& element) { return same_type(value, element); });
  const bool found = std::any_of(list.begin(), list.end(), [&](const auto& element) { return equal(value, element); });
  return wants ? found : comparable && !found;
}

bool holds(const Condition& condition, const ordered_json* value) {
  const bool absent = value == nullptr || value->is_null();
  if (condition.op == FilterOp::exists) return !absent;
  if (condition.op == FilterOp::does_not_exist) return absent;
  if (absent) return false;
  if (takes_order(condition.op)) return holds_order(condition.op, *value, condition.value);
  if (takes_text(condition.op)) return holds_text(condition.op, *value, condition.value);
  switch (condition.op) {
    case FilterOp::equals:
      return equal(*value, condition.value);
    case FilterOp::differs:
      return same_type(*value, condition.value) && !equal(*value, condition.value);
    case FilterOp::contains:
    case FilterOp::does_not_contain:
      return holds_contains(condition.op == FilterOp::contains, *value, condition.value);
    default:
      return holds_in(condition.op == FilterOp::in, *value, condition.value);
  }
}

// ---- words

std::string_view type_name(const ordered_json& value) {
  if (value.is_number()) return "number";
  if (value.is_boolean()) return "boolean";
  if (value.is_string()) return "string";
  return value.is_array() ? "list" : "object";
}

void gather_paths(const ordered_json& from, const std::string& prefix, std::vector<std::string>& paths) {
  constexpr std::size_t enough = 2000;
  if (!from.is_object()) return;
  for (const auto& [key, value] : from.items()) {
    if (paths.size() >= enough) return;
    const std::string path = prefix.empty() ? key : prefix + "." + key;
    if (value.is_object()) gather_paths(value, path, paths);
    paths.push_back(path);
  }
}

std::string why_not(const Condition& condition, const ordered_json* value, const Record& record) {
  if (value == nullptr || value->is_null()) {
    const std::string near = near_field(record, condition.field);
    const std::string hint = near.empty() ? "" : fmt::format(" (did you mean {}?)", near);
    return fmt::format("{} does not exist{}, wanted {}", condition.field, hint, condition.text());
  }
  const bool has_value = takes_value(condition.op) && !takes_list(condition.op);
  const bool list_element = value->is_array() && !takes_text(condition.op);
  if (has_value && !same_type(*value, condition.value) && !list_element) {
    return fmt::format("{} is the {} {}, wanted {} the {} {}", condition.field, type_name(*value), shown(*value),
                       name_of(condition.op), type_name(condition.value), shown(condition.value));
  }
  return fmt::format("{} is {}, wanted {}", condition.field, shown(*value), condition.text());
}

// ---- reading

std::optional<FilterOp> op_named(std::string_view name) {
  const auto found = std::find(std::begin(op_names), std::end(op_names), name);
  if (found == std::end(op_names)) return std::nullopt;
  return static_cast<FilterOp>(found - std::begin(op_names));
}

InputError unknown_op(const std::string& where, std::string_view written) {
  std::string_view meant;
  for (const Alias& alias : aliases) {
    if (equals_ignoring_case(alias.written, written)) meant = name_of(alias.meant);
  }
  std::string spelled(written);
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  std::replace(spelled.begin(), spelled.end(), ' ', '-');
  if (meant.empty()) meant = nearest_name(spelled, op_names);
  return {fmt::format("{}: there is no operator \"{}\"", where, written),
          meant.empty() ? fmt::format("use one of {}", fmt::join(op_names, ", ")) : fmt::format("write \"{}\"", meant)};
}

// Checks that the value fits the operator; `where` names the condition.
std::expected<Condition, InputError> checked(Condition condition, bool has_value, const std::string& where) {
  const std::string_view op = name_of(condition.op);
  if (!takes_value(condition.op)) {
    if (!has_value || condition.value.is_null()) return condition;
    return std::unexpected(InputError{fmt::format("{}: {} takes no value", where, op), "leave the value out"});
  }
  if (!has_value || condition.value.is_null()) {
    return std::unexpected(InputError{fmt::format("{}: {} needs a value", where, op),
                                      "add \"value\", or ask with exists or does-not-exist"});
  }
  if (takes_list(condition.op)) {
    if (condition.value.is_array() && !condition.value.empty()) return condition;
    return std::unexpected(InputError{fmt::format("{}: {} needs a list of values", where, op),
                                      "write [\"a\", \"b\"], or compare one value with ="});
  }
  if (takes_text(condition.op) && !condition.value.is_string()) {
    return std::unexpected(InputError{fmt::format("{}: {} compares text, not {}", where, op, shown(condition.value)),
                                      fmt::format("write the value as a string: \"{}\"", shown(condition.value))});
  }
  if (takes_order(condition.op) && !condition.value.is_number() && !condition.value.is_string()) {
    return std::unexpected(InputError{
        fmt::format("{}: {} compares numbers and strings, not {}", where, op, shown(condition.value)), "use = or !="});
  }
  return condition;
}

// Own times are written with nanoseconds; a condition may be shorter or in another zone.
void normalise_time(Condition& condition) {
  std::string_view field = condition.field;
  if (field.starts_with(own_prefix)) field.remove_prefix(own_prefix.size());
  std::int64_t ns = 0;
  if (field != "time" || !condition.value.is_string()) return;
  if (parse_rfc3339(condition.value.get_ref<const std::string&>(), ns)) condition.value = rfc3339(ns);
}

std::expected<Condition, InputError> condition_from_json(const json& given, const std::string& where) {
  constexpr std::string_view members[] = {"field", "op", "value"};
  const std::string example = R"(write {"field": "name", "op": "=", "value": "GET /"})";
  if (!given.is_object()) return std::unexpected(InputError{where + ": a condition must be an object", example});
  for (const auto& [name, value] : given.items()) {
    if (std::find(std::begin(members), std::end(members), name) == std::end(members)) {
      return std::unexpected(InputError{fmt::format("{}: unknown member \"{}\"", where, name), example});
    }
  }
  for (const char* name : {"field", "op"}) {
    if (!given.contains(name) || !given[name].is_string() || given[name].get_ref<const std::string&>().empty()) {
      return std::unexpected(InputError{fmt::format("{}: \"{}\" must be a string", where, name), example});
    }
  }
  const std::string& written = given["op"].get_ref<const std::string&>();
  const auto op = op_named(written);
  if (!op) return std::unexpected(unknown_op(where, written));
  Condition condition{given["field"].get<std::string>(), *op, nullptr};
  const bool has_value = given.contains("value");
  if (has_value) condition.value = ordered_json(given["value"]);
  normalise_time(condition);
  return checked(std::move(condition), has_value, where);
}

ordered_json value_from_text(std::string_view text, FilterOp op) {
  ordered_json value = ordered_json::parse(text, nullptr, false);
  if (takes_list(op)) {
    if (value.is_array()) return value;
    ordered_json list = ordered_json::array();
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const std::string_view part = trim(text.substr(begin, end - begin));
      ordered_json element = ordered_json::parse(part, nullptr, false);
      list.push_back(element.is_discarded() ? ordered_json(part) : element);
      begin = end + 1;
    }
    return list;
  }
  const bool text_only = takes_text(op) && !value.is_string();
  return value.is_discarded() || value.is_null() || text_only ? ordered_json(text) : value;
}

}  // namespace

std::string_view name_of(FilterOp op) { return op_names[static_cast<int>(op)]; }

std::string Condition::text() const {
  if (!takes_value(op)) return fmt::format("{} {}", field, name_of(op));
  return fmt::format("{} {} {}", field, name_of(op), shown(value));
}

const ordered_json* find_field(const Record& record, std::string_view path, ordered_json& own) {
  if (path.starts_with(own_prefix) && own_member(record, path.substr(own_prefix.size()), own)) return &own;
  if (const ordered_json* found = descend(record.fields, path)) return found;
  if (own_member(record, path, own)) return &own;
  if (const ordered_json* found = descend_below(record.fields, {"attributes"}, path)) return found;
  if (const ordered_json* found = descend_below(record.fields, {"resource", "attributes"}, path)) return found;
  return descend_below(record.fields, {"data"}, path);
}

std::string shown(const ordered_json& value) {
  constexpr std::size_t most = 200;
  std::string text = value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  if (text.size() <= most) return text;
  return fmt::format("{}... ({} bytes)", whole_characters(text, most), text.size());
}

std::string near_field(const Record& record, std::string_view written) {
  std::vector<std::string> paths;
  gather_paths(record.fields, "", paths);
  for (const std::string& path : paths) {  // the right name in another place
    if (path.size() > written.size() && path.ends_with(written) && path[path.size() - written.size() - 1] == '.') {
      return path;
    }
  }
  std::vector<std::string_view> names;
  for (const std::string& path : paths) {
    names.emplace_back(path);
    // "http.rout" is looked for below attributes too, so it is near "attributes.http.route".
    for (const std::string_view prefix : {"attributes.", "resource.attributes.", "data."}) {
      if (path.starts_with(prefix)) names.push_back(std::string_view(path).substr(prefix.size()));
    }
  }
  return std::string(nearest_name(written, names));
}

std::expected<Filter, InputError> Filter::from_json(const json& conditions) {
  if (!conditions.is_array()) {
    return std::unexpected(
        InputError{"where must be a list of conditions", R"(write [{"field": "name", "op": "=", "value": "GET /"}])"});
  }
  std::vector<Condition> read;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    auto condition = condition_from_json(conditions[i], fmt::format("where[{}]", i));
    if (!condition) return std::unexpected(condition.error());
    read.push_back(std::move(*condition));
  }
  return Filter(std::move(read));
}

std::expected<Condition, InputError> Filter::condition_from_text(std::string_view text) {
  const std::string where = fmt::format("condition \"{}\"", text);
  const std::string_view all = trim(text);
  const std::size_t field_end = all.find_first_of(" \t");
  if (all.empty() || field_end == std::string_view::npos) {
    return std::unexpected(
        InputError{where + " has no operator", "write a field, an operator and a value: name = home"});
  }
  const std::string_view rest = trim(all.substr(field_end));
  const std::size_t op_end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view written = rest.substr(0, op_end);
  const auto op = op_named(written);
  if (!op) return std::unexpected(unknown_op(where, written));
  const std::string_view value = trim(rest.substr(op_end));
  Condition condition{std::string(all.substr(0, field_end)), *op, nullptr};
  if (!value.empty()) condition.value = takes_value(*op) ? value_from_text(value, *op) : ordered_json(value);
  normalise_time(condition);
  return checked(std::move(condition), !value.empty(), where);
}

bool Filter::matches(const Record& record) const {
  ordered_json own;
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    return holds(condition, find_field(record, condition.field, own));
  });
}

std::size_t Filter::count_met(const Record& record) const {
  ordered_json own;
  const auto met = std::count_if(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    return holds(condition, find_field(record, condition.field, own));
  });
  return static_cast<std::size_t>(met);
}

Nearness Filter::nearness(const Record& record) const {
  Nearness nearness;
  ordered_json own;
  for (const Condition& condition : conditions_) {
    const ordered_json* value = find_field(record, condition.field, own);
    if (holds(condition, value)) {
      ++nearness.met;
    } else {
      nearness.why.push_back(why_not(condition, value, record));
    }
  }
  return nearness;
}

ordered_json Filter::to_json() const {
  ordered_json list = ordered_json::array();
  for (const Condition& condition : conditions_) {
    ordered_json one = {{"field", condition.field}, {"op", name_of(condition.op)}};
    if (takes_value(condition.op)) one["value"] = condition.value;
    list.push_back(std::move(one));
  }
  return list;
}

std::string Filter::text() const {
  std::vector<std::string> parts;
  for (const Condition& condition : conditions_) parts.push_back(condition.text());
  return fmt::format("{}", fmt::join(parts, " and "));
}

}  // namespace understudy::recording
