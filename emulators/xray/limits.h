// Limits that more than one file of this folder holds to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace understudy::xray {

// Of a body, packed or not: 50 documents of 64 kB, each character escaped in the JSON string that carries it, and room.
inline constexpr std::size_t largest_plain_body = std::size_t{16} << 20;

inline constexpr std::size_t longest_name = 200;            // characters, of a segment or subsegment [docs]
inline constexpr std::size_t longest_annotation = 1000;     // characters [code: schema]
inline constexpr std::size_t longest_annotation_key = 500;  // characters [code: schema]
inline constexpr std::size_t most_annotations = 50;         // of a trace that are indexed [docs]
inline constexpr std::size_t most_links = 20;               // of a segment [docs]

// Of a graph or of statistics, from StartTime to EndTime: 6 hours, as is commonly stated [guess].
inline constexpr std::int64_t longest_graph_window_s = std::int64_t{6} * 3600;

// No number of seconds that is meant: it ends in the year 5138.
inline constexpr double looks_like_milliseconds = 1e11;

}  // namespace understudy::xray
