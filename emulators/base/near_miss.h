// "Did you mean": the known name that is nearest to one that was written.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace understudy {

// How many letters must be changed, added, left out or swapped with their neighbour to make one of the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The nearest of the names, without case; empty if none is near enough for a slip of the hand.
std::string_view nearest_name(std::string_view written, std::span<const std::string_view> names);

}  // namespace understudy
