#include "base/percent.h"

#include "base/ascii.h"

namespace understudy {
namespace {

bool is_unreserved(char c) { return is_alphanumeric(c) || std::string_view("-._~").contains(c); }

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

std::string percent_encode(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result += c;
    } else {
      result += '%';
      result += digits[static_cast<unsigned char>(c) >> 4];
      result += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(one.size() == query.size() ? one.size() : one.size() + 1);
    if (one.empty()) continue;
    const std::size_t equals = one.find('=');
    const std::string_view value = equals == std::string_view::npos ? "" : one.substr(equals + 1);
    parameters.emplace_back(percent_decode(one.substr(0, equals), true), percent_decode(value, true));
  }
  return parameters;
}

}  // namespace understudy
