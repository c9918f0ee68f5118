#include "rollbar/paging.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "rollbar/token.h"

namespace understudy::rollbar {

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view parameter(const Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> parameter_list(const Parameters& parameters, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters) {
    if (key != name) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (!one.empty()) values.emplace_back(one);
    }
  }
  return values;
}

std::uint64_t page_of(const Parameters& parameters) {
  return std::max<std::uint64_t>(to_number(parameter(parameters, "page")).value_or(1), 1);
}

nlohmann::ordered_json first_page(nlohmann::ordered_json all, const Parameters& parameters) {
  return page_of(parameters) == 1 ? std::move(all) : nlohmann::ordered_json::array();
}

std::size_t limit_of(const Parameters& parameters, std::size_t standard, std::size_t most) {
  return std::clamp<std::size_t>(to_number(parameter(parameters, "limit")).value_or(standard), 1, most);
}

std::uint64_t project_id(std::string_view project) { return 100'000 + fingerprint(project) % 900'000; }

}  // namespace understudy::rollbar
