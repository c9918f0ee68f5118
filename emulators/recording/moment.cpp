#include "recording/moment.h"

#include <fmt/format.h>

#include <ctime>

#include "base/ascii.h"
#include "base/bytes.h"

namespace understudy::recording {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

// SplitMix64: one step of the published generator, used as a mixing function.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ull;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ull;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBull;
  return value ^ (value >> 31);
}

std::uint64_t mix_text(std::uint64_t state, std::string_view text) {
  for (const unsigned char byte : text) state = mix(state ^ byte);
  return mix(state ^ text.size());
}

std::int64_t seconds_of(std::int64_t unix_ns) {
  return unix_ns / ns_per_second - (unix_ns % ns_per_second < 0 ? 1 : 0);
}

std::tm broken_down(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  return parts;
}

// `count` decimal digits at `at`, which moves behind them.
bool read_digits(std::string_view text, std::size_t& at, int count, int& value) {
  value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return false;
    value = value * 10 + (text[at] - '0');
  }
  return true;
}

bool skip(std::string_view text, std::size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

}  // namespace

Entropy::Entropy(std::uint64_t seed, std::string_view vendor, std::uint64_t ordinal)
    : state_(mix(mix_text(mix(seed), vendor) ^ mix(ordinal))) {}

std::uint64_t Entropy::number(std::string_view label) const { return mix_text(state_, label); }

std::string Entropy::bytes(std::string_view label, std::size_t count) const {
  std::string result(count, '\0');
  std::uint64_t word = number(label);
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0 && i % 8 == 0) word = mix(word);
    result[i] = static_cast<char>(word >> (i % 8 * 8));
  }
  return result;
}

std::string Entropy::hex(std::string_view label, std::size_t digits) const {
  std::string hex = to_hex(bytes(label, (digits + 1) / 2));
  hex.resize(digits);
  return hex;
}

std::string Entropy::uuid(std::string_view label) const {
  std::string raw = bytes(label, 16);
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  const std::string hex = to_hex(raw);
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

std::string Entropy::text(std::string_view label, std::size_t count, std::string_view alphabet) const {
  std::string result(count, '\0');
  std::uint64_t word = number(label);
  for (char& character : result) {
    character = alphabet[word % alphabet.size()];
    word = mix(word);
  }
  return result;
}

std::string rfc3339(std::int64_t unix_ns) {
  const std::int64_t seconds = seconds_of(unix_ns);
  const std::tm parts = broken_down(seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, unix_ns - seconds * ns_per_second);
}

std::string http_date(std::int64_t unix_ns) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm parts = broken_down(seconds_of(unix_ns));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[parts.tm_wday], parts.tm_mday,
                     months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool parse_rfc3339(std::string_view text, std::int64_t& unix_ns) {
  std::size_t at = 0;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!read_digits(text, at, 4, year) || !skip(text, at, "-") || !read_digits(text, at, 2, month) ||
      !skip(text, at, "-") || !read_digits(text, at, 2, day) || !skip(text, at, "Tt ") ||
      !read_digits(text, at, 2, hour) || !skip(text, at, ":") || !read_digits(text, at, 2, minute) ||
      !skip(text, at, ":") || !read_digits(text, at, 2, second)) {
    return false;
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return false;
  std::int64_t fraction = 0;
  if (skip(text, at, ".")) {
    std::int64_t scale = ns_per_second / 10;
    const std::size_t begin = at;
    for (; at < text.size() && is_digit(text[at]); ++at, scale /= 10) {
      fraction += (text[at] - '0') * scale;
    }
    if (at == begin) return false;
  }
  std::int64_t offset_seconds = 0;
  if (!skip(text, at, "Zz")) {
    const bool west = at < text.size() && text[at] == '-';
    int hours = 0, minutes = 0;
    if (!skip(text, at, "+-") || !read_digits(text, at, 2, hours) || !skip(text, at, ":") ||
        !read_digits(text, at, 2, minutes)) {
      return false;
    }
    offset_seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
  }
  if (at != text.size()) return false;
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  const std::time_t seconds = timegm(&parts);
  if (parts.tm_mday != day) return false;  // 31 April
  unix_ns = (static_cast<std::int64_t>(seconds) - offset_seconds) * ns_per_second + fraction;
  return true;
}

}  // namespace understudy::recording
