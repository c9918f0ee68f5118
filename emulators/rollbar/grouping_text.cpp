// What of a text is data, and so not part of a fingerprint.
#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/bytes.h"
#include "rollbar/grouping.h"

namespace understudy::rollbar {

namespace {

// Each byte of every frame comes by here.
constexpr bool is_word(char c) { return is_alphanumeric(c) || c == '_'; }
bool is_of_data(char c) { return is_word(c) || std::string_view(".-:+@/%").find(c) != std::string_view::npos; }

bool all(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }
std::size_t digits_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
}

// A number after one of these is a code, which stays: "error 1045", "HTTP 404", "status: 500".
bool is_of_a_code(std::string_view before) {
  while (!before.empty() && !is_word(before.back())) before.remove_suffix(1);
  std::size_t start = before.size();
  while (start > 0 && is_word(before[start - 1])) --start;
  const std::string_view word = before.substr(start);
  return std::ranges::any_of(std::to_array<std::string_view>({"error", "errno", "code", "status", "http"}),
                             [&](std::string_view known) { return equals_ignoring_case(word, known); });
}

bool is_email(std::string_view token) {
  const std::size_t at = token.find('@');
  return at != token.npos && at > 0 && token.find('.', at) != token.npos;
}

// Digits in groups, with the marks of dates, times, addresses and decimals between them.
bool is_number_like(std::string_view token) {
  return digits_in(token) >= 2 && all(token, [](char c) {
           return is_digit(c) || std::string_view(".-:/+TZ").find(c) != std::string_view::npos;
         });
}

bool is_hexadecimal(std::string_view token) {
  if (token.starts_with("0x") || token.starts_with("0X")) return token.size() > 2 && all(token.substr(2), is_hex_digit);
  const auto of_uuid = [](char c) { return is_hex_digit(c) || c == '-' || c == ':'; };  // uuids and IPv6 addresses, too
  return token.size() >= 4 && digits_in(token) > 0 && all(token, of_uuid);
}

// Of a run that is no datum as a whole, each word for itself: "user-4711" keeps "user-".
void append_words(std::string& kept, std::string_view token) {
  for (std::size_t i = 0; i < token.size();) {
    std::size_t end = i;
    while (end < token.size() && is_word(token[end])) ++end;
    const std::string_view word = token.substr(i, end - i);
    const bool is_data = !word.empty() && ((word.size() >= 2 && all(word, is_digit)) || is_hexadecimal(word));
    if (!is_data) kept += word;
    if (end < token.size()) kept += token[end++];
    i = end;
  }
}

// Digits between letters and marks, from one that is none to the next: the years and commits of a release folder.
bool is_release(std::string_view part) {
  constexpr std::size_t shortest = 6;
  if (part.size() < shortest) return false;
  const bool is_date =
      digits_in(part) >= shortest && all(part, [](char c) { return is_digit(c) || c == '-' || c == '_'; });
  const bool is_commit = part.size() >= 7 && part.size() <= 40 && digits_in(part) > 0 && all(part, is_hex_digit);
  return is_date || is_commit;
}

}  // namespace

std::string without_data(std::string_view message) {
  std::string kept;
  kept.reserve(message.size());
  for (std::size_t i = 0; i < message.size();) {
    std::size_t end = i;
    while (end < message.size() && is_of_data(message[end])) ++end;
    std::string_view token = message.substr(i, end - i);
    std::size_t marks = 0;  // "14:03." ends a sentence
    while (!token.empty() && !is_word(token.back())) token.remove_suffix(1), ++marks;
    if (all(token, is_digit) && is_of_a_code(message.substr(0, i))) {
      kept += token;
    } else if (!is_email(token) && !is_number_like(token) && !is_hexadecimal(token)) {
      append_words(kept, token);
    }
    kept += message.substr(end - marks, marks);
    if (end < message.size()) kept += message[end++];
    i = end;
  }
  return kept;
}

std::string without_release(std::string_view file, std::string_view root) {
  std::string kept;
  kept.reserve(file.size());
  if (!root.empty() && file.starts_with(root)) {
    kept = "{root}";
    file.remove_prefix(root.size());
  }
  const auto belongs = [](char c) { return is_word(c) || c == '-'; };
  for (std::size_t i = 0; i < file.size();) {
    std::size_t end = i;
    while (end < file.size() && belongs(file[end])) ++end;
    std::string_view part = file.substr(i, end - i);
    const std::size_t dash = part.rfind('-');
    if (!is_release(part) && dash != part.npos && is_release(part.substr(dash + 1))) part = part.substr(0, dash + 1);
    if (!is_release(part)) kept += part;
    if (end < file.size()) kept += file[end++];
    i = end;
  }
  return kept;
}

std::string without_numbers(std::string_view method) {
  if (std::ranges::none_of(method, is_digit)) return std::string(method);
  std::string kept;
  for (std::size_t i = 0; i < method.size();) {
    std::size_t end = i;
    while (end < method.size() && is_digit(method[end])) ++end;
    if (end - i < 2) {
      end = std::max(end, i + 1);
      kept += method.substr(i, end - i);
    }
    i = end;
  }
  return kept;
}

}  // namespace understudy::rollbar
