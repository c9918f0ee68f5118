#include "cloudwatch_logs/insights/value.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

namespace understudy::cloudwatch_logs::insights {

Value Value::missing() {
  Value value;
  value.kind_ = Kind::missing;
  return value;
}

Value Value::number(double number) {
  Value value;
  value.kind_ = std::isfinite(number) ? Kind::number : Kind::missing;
  value.number_ = number;
  return value;
}

Value Value::time(std::int64_t unix_ms) {
  Value value;
  value.kind_ = Kind::time;
  value.time_ = unix_ms;
  return value;
}

Value Value::view(std::string_view text) {
  Value value;
  value.kind_ = Kind::text;
  value.view_ = text;
  return value;
}

Value Value::text(std::string text) {
  Value value;
  value.kind_ = Kind::text;
  value.owned_ = std::make_shared<const std::string>(std::move(text));
  return value;
}

std::optional<double> Value::as_number() const {
  if (kind_ == Kind::number) return number_;
  if (kind_ == Kind::time) return static_cast<double>(time_);
  if (kind_ != Kind::text) return std::nullopt;
  auto text = text_view();
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  // from_chars takes "inf" and "nan", too.
  if (digits.empty() || (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9'))) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string Value::as_text() const {
  switch (kind_) {
    case Kind::number:
      return number_text(number_);
    case Kind::time:
      return time_text(time_);
    case Kind::text:
      return std::string(text_view());
    default:
      return {};
  }
}

bool Value::holds() const {
  if (const auto number = as_number()) return *number != 0;
  return kind_ == Kind::text && !text_view().empty();
}

int Value::compare(const Value& left, const Value& right) {
  if (!left.present() || !right.present()) return (left.present() ? 0 : 1) - (right.present() ? 0 : 1);
  const auto number = left.as_number();
  const auto other = number ? right.as_number() : std::nullopt;
  if (other) return *number < *other ? -1 : static_cast<int>(*number > *other);
  if (left.kind_ == Kind::text && right.kind_ == Kind::text) return left.text_view().compare(right.text_view());
  return left.as_text().compare(right.as_text());
}

std::string time_text(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds(unix_ms)};
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss clock(instant - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string number_text(double number) {
  if (std::floor(number) == number && std::abs(number) < 1e15) {
    return fmt::to_string(static_cast<std::int64_t>(number));
  }
  return fmt::to_string(number);
}

}  // namespace understudy::cloudwatch_logs::insights
