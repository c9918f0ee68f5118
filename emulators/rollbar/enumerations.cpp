#include "rollbar/enumerations.h"

#include <algorithm>
#include <span>
#include <string>

#include "base/ascii.h"

namespace understudy::rollbar {

namespace {

struct Named {
  int number;
  std::string_view name;
};

constexpr Named levels[] = {{debug_level, "debug"},
                            {info_level, "info"},
                            {warning_level, "warning"},
                            {error_level, "error"},
                            {critical_level, "critical"}};
constexpr Named states[] = {{active, "active"}, {resolved, "resolved"}, {muted, "muted"}, {archived, "archived"}};
constexpr std::string_view platforms[] = {"unknown", "browser",           "flash", "android", "ios",
                                          "heroku",  "google-app-engine", "client"};
constexpr std::string_view frameworks[] = {
    "unknown", "rails", "django",    "pyramid",    "node-js",      "pylons", "php",     "browser-js", "rollbar-system",
    "android", "ios",   "mailgun",   "logentries", "python",       "ruby",   "sidekiq", "flask",      "celery",
    "rq",      "java",  "dotnet",    "go",         "react-native", "macos",  "apex",    "spring",     "bottle",
    "twisted", "asgi",  "starlette", "fastapi",    "karafka",      "flutter"};

std::optional<int> number_of(std::span<const Named> table, std::string_view name) {
  for (const Named& row : table) {
    if (row.name == name) return row.number;
  }
  return std::nullopt;
}

std::string_view name_of(std::span<const Named> table, int number) {
  for (const Named& row : table) {
    if (row.number == number) return row.name;
  }
  return "unknown";
}

int place_of(std::span<const std::string_view> table, std::string_view name) {
  const auto found = std::find(table.begin(), table.end(), name);
  return found == table.end() ? 0 : static_cast<int>(found - table.begin());
}

// The first word in lower case: "python" of "Python 3.11.7", "rails" of "Rails: 7.1".
std::string first_word(std::string_view text) { return lower_case(text.substr(0, text.find_first_of(": /"))); }

}  // namespace

std::optional<int> level_of(std::string_view name) { return number_of(levels, name); }
std::string_view level_name(int level) { return name_of(levels, level); }
std::optional<int> status_of(std::string_view name) { return number_of(states, name); }
std::string_view status_name(int status) { return name_of(states, status); }

int platform_of(std::string_view name) { return place_of(platforms, name); }
std::string_view platform_name(int platform) { return platforms[static_cast<std::size_t>(platform)]; }

int framework_of(std::string_view framework, std::string_view language) {
  if (const int known = place_of(frameworks, first_word(framework)); known != 0) return known;
  return framework.empty() || framework == "unknown" ? place_of(frameworks, first_word(language)) : 0;
}
std::string_view framework_name(int framework) { return frameworks[static_cast<std::size_t>(framework)]; }

}  // namespace understudy::rollbar
