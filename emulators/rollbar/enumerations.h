// The names and numbers that the service has for levels, states, platforms and frameworks. [docs: RQL]
//
// Items and item lists show the names, reports and RQL the numbers. [snapshot: a recorded items list and a recorded
// report of top active items]
#pragma once

#include <optional>
#include <string_view>

namespace understudy::rollbar {

inline constexpr int debug_level = 10;
inline constexpr int info_level = 20;
inline constexpr int warning_level = 30;
inline constexpr int error_level = 40;
inline constexpr int critical_level = 50;

inline constexpr int active = 1;
inline constexpr int resolved = 2;
inline constexpr int muted = 3;
inline constexpr int archived = 4;  // the name is documented, the number is a guess

inline constexpr int system_framework = 8;  // what the service itself reports

std::optional<int> level_of(std::string_view name);
std::string_view level_name(int level);
std::optional<int> status_of(std::string_view name);
std::string_view status_name(int status);
// 0 (unknown) for what the list does not have.
int platform_of(std::string_view name);
std::string_view platform_name(int platform);
// "Rails: 7.1" is rails. Where there is no framework the language counts: a Python payload without one was filed under
// python [snapshot: docs page Webhooks]; the other languages by analogy [guess].
int framework_of(std::string_view framework, std::string_view language);
std::string_view framework_name(int framework);

}  // namespace understudy::rollbar
