// What each function makes of its arguments. Where the reference says nothing about an argument of another type or
// about null, the choice is a [guess]: null goes through, or counts as nothing.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <optional>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "honeycomb/expression_node.h"
#include "query/column.h"
#include "recording/moment.h"

namespace understudy::honeycomb {
namespace {

using Call = ExpressionCall;

constexpr std::size_t any = ExpressionFunction::any;
// Exactly, where the nanoseconds as a fraction would not do.
double seconds_of(std::int64_t ns) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  const std::int64_t whole = ns / ns_per_s;
  return static_cast<double>(whole) + static_cast<double>(ns % ns_per_s) / static_cast<double>(ns_per_s);
}

bool is_null(const Scalar& value) { return std::holds_alternative<std::monostate>(value); }

// Texts count as the number that they write.
std::optional<double> number_of(const Scalar& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* fraction = std::get_if<double>(&value)) return *fraction;
  if (const auto* text = std::get_if<std::string>(&value)) return query::number_of(*text);
  return std::nullopt;
}
double number_or_0(const Scalar& value) { return number_of(value).value_or(0); }

bool is_number(const Scalar& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

bool truth_of(const Scalar& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty() && *text != "false";
  return !is_null(value) && number_or_0(value) != 0;
}

std::string text_of(const Scalar& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* fraction = std::get_if<double>(&value)) return query::text_of(*fraction);
  return {};
}

// A whole number stays one.
Scalar from_number(double number) {
  if (!std::isfinite(number)) return {};
  return number;
}

// Below, equal or above 0; nothing where the two do not compare.
std::optional<int> compare(const Scalar& left, const Scalar& right) {
  const auto order = [](const auto& first, const auto& second) { return first < second ? -1 : second < first ? 1 : 0; };
  if (is_number(left) && is_number(right)) return order(number_or_0(left), number_or_0(right));
  if (left.index() != right.index() || is_null(left)) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&left)) return order(*text, std::get<std::string>(right));
  return order(std::get<bool>(left), std::get<bool>(right));
}

bool equal(const Scalar& left, const Scalar& right) {
  return (is_null(left) && is_null(right)) || compare(left, right) == 0;
}

// ---- choosing

// IF(condition, value, [condition, value]..., [otherwise])
Scalar choose_if(const Call& call) {
  std::size_t i = 0;
  for (; i + 1 < call.arguments.size(); i += 2) {
    if (truth_of(call.arguments[i])) return call.arguments[i + 1];
  }
  return i < call.arguments.size() ? call.arguments[i] : Scalar();
}

// SWITCH(value, case, result, [case, result]..., [otherwise])
Scalar choose_switch(const Call& call) {
  std::size_t i = 1;
  for (; i + 1 < call.arguments.size(); i += 2) {
    if (equal(call.arguments[0], call.arguments[i])) return call.arguments[i + 1];
  }
  return i < call.arguments.size() ? call.arguments[i] : Scalar();
}

Scalar coalesce(const Call& call) {
  const auto found = std::ranges::find_if_not(call.arguments, is_null);
  return found == call.arguments.end() ? Scalar() : *found;
}

// ---- comparing

template <typename Holds>
Scalar compared(const Call& call, Holds holds) {
  const auto order = compare(call.arguments[0], call.arguments[1]);
  return order.has_value() && holds(*order);
}
Scalar less(const Call& call) {
  return compared(call, [](int order) { return order < 0; });
}
Scalar at_most(const Call& call) {
  return compared(call, [](int order) { return order <= 0; });
}
Scalar greater(const Call& call) {
  return compared(call, [](int order) { return order > 0; });
}
Scalar at_least(const Call& call) {
  return compared(call, [](int order) { return order >= 0; });
}
Scalar equals(const Call& call) { return equal(call.arguments[0], call.arguments[1]); }
Scalar differs(const Call& call) { return !equal(call.arguments[0], call.arguments[1]); }
Scalar is_in(const Call& call) {
  return std::ranges::any_of(call.arguments.subspan(1),
                             [&](const Scalar& each) { return equal(call.arguments[0], each); });
}

// ---- truth

Scalar exists(const Call& call) { return !is_null(call.arguments[0]); }
Scalar negate(const Call& call) { return !truth_of(call.arguments[0]); }
Scalar all_true(const Call& call) { return std::ranges::all_of(call.arguments, truth_of); }
Scalar any_true(const Call& call) { return std::ranges::any_of(call.arguments, truth_of); }

// ---- numbers

template <typename Better>
Scalar extreme(const Call& call, Better better) {
  std::optional<double> best;
  for (const Scalar& argument : call.arguments) {
    const auto number = number_of(argument);
    if (number && (!best || better(*number, *best))) best = number;
  }
  return best ? from_number(*best) : Scalar();
}
Scalar minimum(const Call& call) {
  return extreme(call, [](double left, double right) { return left < right; });
}
Scalar maximum(const Call& call) {
  return extreme(call, [](double left, double right) { return left > right; });
}
Scalar sum(const Call& call) {
  double total = 0;
  for (const Scalar& argument : call.arguments) total += number_or_0(argument);
  return from_number(total);
}
Scalar difference(const Call& call) {
  return from_number(number_or_0(call.arguments[0]) - number_or_0(call.arguments[1]));
}
Scalar minus(const Call& call) {
  const auto number = number_of(call.arguments[0]);
  return number ? from_number(-*number) : Scalar();
}
Scalar product(const Call& call) {
  double total = 1;
  for (const Scalar& argument : call.arguments) total *= number_or_0(argument);
  return from_number(total);
}
Scalar quotient(const Call& call) {
  return from_number(number_or_0(call.arguments[0]) / number_or_0(call.arguments[1]));
}
Scalar remainder(const Call& call) {
  return from_number(std::fmod(number_or_0(call.arguments[0]), number_or_0(call.arguments[1])));
}
Scalar logarithm(const Call& call) {
  const auto number = number_of(call.arguments[0]);
  return number ? from_number(std::log10(*number)) : Scalar();
}

// BUCKET(value, size, [least, [most]]): "< 0", "0 - 50", ">= 200". [guess: the texts]
Scalar bucket(const Call& call) {
  const auto number = number_of(call.arguments[0]);
  const double size = number_or_0(call.arguments[1]);
  if (!number || size <= 0) return {};
  const auto least = call.arguments.size() > 2 ? number_of(call.arguments[2]) : std::nullopt;
  const auto most = call.arguments.size() > 3 ? number_of(call.arguments[3]) : std::nullopt;
  if (least && *number < *least) return fmt::format("< {}", query::text_of(*least));
  if (most && *number >= *most) return fmt::format(">= {}", query::text_of(*most));
  const double from = least.value_or(0);
  const double begin = from + std::floor((*number - from) / size) * size;
  const double end = most ? std::min(begin + size, *most) : begin + size;
  return fmt::format("{} - {}", query::text_of(begin), query::text_of(end));
}

// ---- other types

Scalar to_whole(const Call& call) {
  const double number = std::trunc(number_or_0(call.arguments[0]));
  constexpr double least = -9223372036854775808.0, beyond = 9223372036854775808.0;  // of 64 bits
  return number >= least && number < beyond ? Scalar(static_cast<std::int64_t>(number)) : from_number(number);
}
Scalar to_fraction(const Call& call) { return from_number(number_or_0(call.arguments[0])); }
Scalar to_truth(const Call& call) { return truth_of(call.arguments[0]); }
Scalar to_text(const Call& call) { return text_of(call.arguments[0]); }

// ---- texts

Scalar concat(const Call& call) {
  std::string text;
  for (const Scalar& argument : call.arguments) text += text_of(argument);
  return text;
}

template <typename Holds>
Scalar on_texts(const Call& call, Holds holds) {
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  const auto* const part = std::get_if<std::string>(&call.arguments[1]);
  return text != nullptr && part != nullptr && holds(*text, *part);
}
Scalar starts_with(const Call& call) {
  return on_texts(call, [](const std::string& text, const std::string& part) { return text.starts_with(part); });
}
Scalar ends_with(const Call& call) {
  return on_texts(call, [](const std::string& text, const std::string& part) { return text.ends_with(part); });
}
Scalar contains(const Call& call) {
  return on_texts(call, [](const std::string& text, const std::string& part) { return text.find(part) != text.npos; });
}

Scalar to_lower(const Call& call) {
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  if (text == nullptr) return {};
  return lower_case(*text);
}

// LENGTH(text, ["bytes" or "chars"])
Scalar length(const Call& call) {
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  if (text == nullptr) return {};
  if (call.arguments.size() < 2 || text_of(call.arguments[1]) != "chars") {
    return static_cast<std::int64_t>(text->size());
  }
  return static_cast<std::int64_t>(characters_in(*text));
}

// ---- regular expressions

Scalar matches(const Call& call) {
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  return text != nullptr && re2::RE2::PartialMatch(*text, *call.node.pattern);
}

// What the first group caught, or all that was matched where there is no group.
Scalar first_match(const Call& call) {
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  if (text == nullptr) return {};
  const re2::RE2& pattern = *call.node.pattern;
  std::array<re2::StringPiece, 2> groups;
  const int wanted = pattern.NumberOfCapturingGroups() > 0 ? 2 : 1;
  if (!pattern.Match(*text, 0, text->size(), re2::RE2::UNANCHORED, groups.data(), wanted)) return {};
  const re2::StringPiece& found = groups[static_cast<std::size_t>(wanted - 1)];
  return std::string(found.data(), found.size());
}

Scalar count_matches(const Call& call) {
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  if (text == nullptr) return {};
  std::int64_t count = 0;
  re2::StringPiece found;
  for (std::size_t from = 0; from <= text->size();) {
    if (!call.node.pattern->Match(*text, from, text->size(), re2::RE2::UNANCHORED, &found, 1)) break;
    ++count;
    const auto end = static_cast<std::size_t>(found.data() - text->data()) + found.size();
    from = found.empty() ? end + 1 : end;
  }
  return count;
}

// ---- times

Scalar unix_timestamp(const Call& call) {
  std::int64_t ns = 0;
  const auto* const text = std::get_if<std::string>(&call.arguments[0]);
  if (text == nullptr || !recording::parse_rfc3339(*text, ns)) return {};
  return seconds_of(ns);
}
Scalar event_timestamp(const Call& call) { return seconds_of(call.row.time_ns); }
Scalar ingest_timestamp(const Call& call) { return seconds_of(call.row.ingested_ns); }

// FORMAT_TIME("%Y-%m-%d", timestamp), as strftime has it, in UTC.
Scalar format_time(const Call& call) {
  constexpr double latest = 253402300799;  // the year 9999
  const auto seconds = number_of(call.arguments[1]);
  const auto* const format = std::get_if<std::string>(&call.arguments[0]);
  if (!seconds || format == nullptr || format->empty() || std::fabs(*seconds) > latest) return {};
  const auto time = static_cast<std::time_t>(std::floor(*seconds));
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) return {};
  std::array<char, 1024> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), format->c_str(), &parts));
}

constexpr ExpressionFunction functions[] = {
    {"IF", 2, any, choose_if},
    {"SWITCH", 3, any, choose_switch},
    {"COALESCE", 1, any, coalesce},
    {"LT", 2, 2, less},
    {"LTE", 2, 2, at_most},
    {"GT", 2, 2, greater},
    {"GTE", 2, 2, at_least},
    {"EQUALS", 2, 2, equals},
    {"IN", 2, any, is_in},
    {"EXISTS", 1, 1, exists},
    {"NOT", 1, 1, negate},
    {"AND", 1, any, all_true},
    {"OR", 1, any, any_true},
    {"MIN", 1, any, minimum},
    {"MAX", 1, any, maximum},
    {"SUM", 1, any, sum},
    {"SUB", 2, 2, difference},
    {"MUL", 1, any, product},
    {"DIV", 2, 2, quotient},
    {"MOD", 2, 2, remainder},
    {"LOG10", 1, 1, logarithm},
    {"BUCKET", 2, 4, bucket},
    {"INT", 1, 1, to_whole},
    {"FLOAT", 1, 1, to_fraction},
    {"BOOL", 1, 1, to_truth},
    {"STRING", 1, 1, to_text},
    {"CONCAT", 1, any, concat},
    {"STARTS_WITH", 2, 2, starts_with},
    {"ENDS_WITH", 2, 2, ends_with},
    {"CONTAINS", 2, 2, contains},
    {"TO_LOWER", 1, 1, to_lower},
    {"LENGTH", 1, 2, length},
    {"REG_MATCH", 2, 2, matches, true},
    {"REG_VALUE", 2, 2, first_match, true},
    {"REG_COUNT", 2, 2, count_matches, true},
    {"UNIX_TIMESTAMP", 1, 1, unix_timestamp},
    {"EVENT_TIMESTAMP", 0, 0, event_timestamp},
    {"INGEST_TIMESTAMP", 0, 0, ingest_timestamp},
    {"FORMAT_TIME", 2, 2, format_time},
    // Of operators that have no function of a name.
    {"!=", 2, 2, differs},
    {"0-", 1, 1, minus},
};

}  // namespace

const ExpressionFunction* find_function(std::string_view name) {
  for (const ExpressionFunction& function : functions) {
    if (equals_ignoring_case(function.name, name)) return &function;
  }
  return nullptr;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const ExpressionFunction& function : functions) names.push_back(function.name);
  return names;
}

}  // namespace understudy::honeycomb
