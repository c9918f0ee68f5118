// Numbers and pages of the read API.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::rollbar {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::optional<std::uint64_t> to_number(std::string_view text);

// The first parameter of that name; empty if there is none.
std::string_view parameter(const Parameters& parameters, std::string_view name);
// Of repeated ones, and of lists with commas, all.
std::vector<std::string> parameter_list(const Parameters& parameters, std::string_view name);

// Pages count from 1; what is no page is the first. [guess]
std::uint64_t page_of(const Parameters& parameters);

// Lists of the account stand whole on the first page; the second is empty, so that what pages until nothing comes
// ends. [guess]
nlohmann::ordered_json first_page(nlohmann::ordered_json all, const Parameters& parameters);

// The parameter limit, from 1 to `most`; without one `standard`.
std::size_t limit_of(const Parameters& parameters, std::size_t standard, std::size_t most);

// Which of `count` things stand on a page, first to last.
inline auto page_indexes(std::size_t count, std::uint64_t page, std::size_t a_page) {
  const std::size_t from = page - 1 >= count / a_page + 1 ? count : static_cast<std::size_t>(page - 1) * a_page;
  return std::views::iota(from < count ? from : count, from + a_page < count ? from + a_page : count);
}

// Ids are numbers of the order that the service hands out, and a function of what they stand for.
// A project's, by its name.
std::uint64_t project_id(std::string_view project);

}  // namespace understudy::rollbar
