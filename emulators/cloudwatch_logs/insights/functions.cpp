#include "cloudwatch_logs/insights/functions.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string>

#include "base/ascii.h"
#include "base/utf8.h"
#include "cloudwatch_logs/insights/json.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

using Values = std::span<const Value>;

template <double (*F)(double)>
Value of_number(Values values) {
  const auto number = values[0].as_number();
  return number ? Value::number(F(*number)) : Value::missing();
}

double absolute(double x) { return std::abs(x); }
double ceiling(double x) { return std::ceil(x); }
double floored(double x) { return std::floor(x); }
double logarithm(double x) { return std::log(x); }
double root(double x) { return std::sqrt(x); }

template <int Sign>
Value extreme(Values values) {
  const Value* best = nullptr;
  for (const auto& value : values) {
    if (value.present() && (best == nullptr || Value::compare(value, *best) * Sign > 0)) best = &value;
  }
  return best == nullptr ? Value::missing() : *best;
}

Value coalesce(Values values) {
  const auto found = std::ranges::find_if(values, &Value::present);
  return found == values.end() ? Value::missing() : *found;
}

Value isempty(Values values) { return Value::truth(!values[0].present() || values[0].as_text().empty()); }
Value isblank(Values values) {
  return Value::truth(!values[0].present() || values[0].as_text().find_first_not_of(" \t\r\n") == std::string::npos);
}

Value concat(Values values) {
  std::string joined;
  for (const auto& value : values) joined += value.as_text();
  return Value::text(std::move(joined));
}

template <bool Left, bool Right>
Value trimmed(Values values) {
  if (!values[0].present()) return Value::missing();
  const auto text = values[0].as_text();
  const auto characters = values.size() > 1 ? values[1].as_text() : " \t\r\n";
  const auto first = Left ? text.find_first_not_of(characters) : 0;
  const auto last = Right ? text.find_last_not_of(characters) : text.size() - 1;
  if (first == std::string::npos || last == std::string::npos) return Value::text("");
  return Value::text(text.substr(first, last + 1 - first));
}

Value strlen_of(Values values) {
  if (!values[0].present()) return Value::missing();
  return Value::number(static_cast<double>(characters_in(values[0].as_text())));
}

template <char Change(char)>
Value cased(Values values) {
  if (!values[0].present()) return Value::missing();
  auto text = values[0].as_text();
  std::ranges::transform(text, text.begin(), Change);
  return Value::text(std::move(text));
}

// From the character `start`, counted from 0, `length` of them or all.
Value substr(Values values) {
  const auto start = values[1].as_number();
  const auto length = values.size() > 2 ? values[2].as_number() : std::optional<double>(1e18);
  if (!values[0].present() || !start || !length || *start < 0) return Value::missing();
  std::string part;
  double at = -1;
  for (const char c : values[0].as_text()) {
    if (begins_character(c)) ++at;
    if (at >= *start && at < *start + *length) part += c;
  }
  return Value::text(std::move(part));
}

Value replace(Values values) {
  if (!values[0].present()) return Value::missing();
  auto text = values[0].as_text();
  const auto what = values[1].as_text();
  const auto with = values[2].as_text();
  if (what.empty()) return Value::text(std::move(text));
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return Value::text(std::move(text));
}

Value strcontains(Values values) {
  return Value::truth(values[0].present() && values[0].as_text().contains(values[1].as_text()));
}

Value from_millis(Values values) {
  const auto number = values[0].as_number();
  // Years 0 to 9999: what a date can show.
  if (!number || *number < -6.2e13 || *number > 2.5e14) return Value::missing();
  return Value::time(static_cast<std::int64_t>(*number));
}

Value to_millis(Values values) {
  const auto number = values[0].as_number();
  return number ? Value::number(*number) : Value::missing();
}

Value parse_json(Values values) {
  auto text = values[0].as_text();
  return is_json(text) ? Value::text(std::move(text)) : Value::missing();
}

Value same(Values values) { return values[0]; }

struct Address {
  std::array<unsigned char, 16> bytes{};
  std::size_t size = 0;  // 4 or 16; 0: no address
};

Address address_of(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.size = 4;
  } else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) {
    address.size = 16;
  }
  return address;
}

// Size 0: of either kind.
template <std::size_t Size>
Value is_ip(Values values) {
  const auto size = address_of(values[0].as_text()).size;
  return Value::truth(size != 0 && (Size == 0 || size == Size));
}

template <std::size_t Size>
Value is_in_subnet(Values values) {
  const auto address = address_of(values[0].as_text());
  const auto subnet = values[1].as_text();
  const auto slash = subnet.find('/');
  const auto network = address_of(subnet.substr(0, slash));
  if (address.size == 0 || address.size != network.size || (Size != 0 && Size != address.size))
    return Value::truth(false);
  std::size_t bits = address.size * 8;
  if (slash != std::string::npos) {
    const auto [end, error] = std::from_chars(subnet.data() + slash + 1, subnet.data() + subnet.size(), bits);
    if (error != std::errc() || end != subnet.data() + subnet.size() || bits > address.size * 8)
      return Value::truth(false);
  }
  if (std::memcmp(address.bytes.data(), network.bytes.data(), bits / 8) != 0) return Value::truth(false);
  if (bits % 8 == 0) return Value::truth(true);
  const unsigned differing = static_cast<unsigned>(address.bytes[bits / 8]) ^ network.bytes[bits / 8];
  return Value::truth((differing >> (8 - bits % 8)) == 0);
}

constexpr std::size_t many = 50;

constexpr NamedFunction functions[] = {
    {"abs", 1, 1, of_number<absolute>},
    {"ceil", 1, 1, of_number<ceiling>},
    {"floor", 1, 1, of_number<floored>},
    {"log", 1, 1, of_number<logarithm>},
    {"sqrt", 1, 1, of_number<root>},
    {"greatest", 1, many, extreme<1>},
    {"least", 1, many, extreme<-1>},
    {"coalesce", 1, many, coalesce},
    {"isempty", 1, 1, isempty},
    {"isblank", 1, 1, isblank},
    {"concat", 1, many, concat},
    {"trim", 1, 2, trimmed<true, true>},
    {"ltrim", 1, 2, trimmed<true, false>},
    {"rtrim", 1, 2, trimmed<false, true>},
    {"strlen", 1, 1, strlen_of},
    {"toupper", 1, 1, cased<to_upper>},
    {"tolower", 1, 1, cased<to_lower>},
    {"substr", 2, 3, substr},
    {"replace", 3, 3, replace},
    {"strcontains", 2, 2, strcontains},
    {"frommillis", 1, 1, from_millis},
    {"tomillis", 1, 1, to_millis},
    {"jsonparse", 1, 1, parse_json},
    {"jsonstringify", 1, 1, same},
    {"isvalidip", 1, 1, is_ip<0>},
    {"isvalidipv4", 1, 1, is_ip<4>},
    {"isvalidipv6", 1, 1, is_ip<16>},
    {"isipinsubnet", 2, 2, is_in_subnet<0>},
    {"isipv4insubnet", 2, 2, is_in_subnet<4>},
    {"isipv6insubnet", 2, 2, is_in_subnet<16>},
};

}  // namespace

const NamedFunction* find_function(std::string_view name) {
  const auto* found = std::ranges::find(functions, lower_case(name), &NamedFunction::name);
  return found == std::end(functions) ? nullptr : found;
}

std::int64_t floor_time(std::int64_t unix_ms, const Period& period) {
  if (period.months == 0) {
    const auto rest = unix_ms % period.ms;
    return unix_ms - (rest < 0 ? rest + period.ms : rest);
  }
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(unix_ms))));
  const int months_since =
      (static_cast<int>(date.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  const int rest = months_since % period.months;
  const int first = months_since - (rest < 0 ? rest + period.months : rest);
  return sys_time<milliseconds>(sys_days(year_month(year(1970), month(1)) / day(1) + months(first)))
      .time_since_epoch()
      .count();
}

std::int64_t ceil_time(std::int64_t unix_ms, const Period& period) {
  const auto start = floor_time(unix_ms, period);
  if (start == unix_ms) return start;
  if (period.months == 0) return start + period.ms;
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(start))));
  return sys_time<milliseconds>(sys_days(date + months(period.months))).time_since_epoch().count();
}

}  // namespace understudy::cloudwatch_logs::insights
