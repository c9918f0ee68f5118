// Source maps that were uploaded, and what they say about a frame of minified code. [docs: Source Maps] [Source Map
// Revision 3]
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "recording/entry.h"

namespace understudy::rollbar {

class Effect;

struct SourcePlace {
  std::string file;
  std::uint32_t line = 0;    // from 1
  std::uint32_t column = 0;  // from 0, as in the map
  std::string name;          // empty: the map names none
};

class SourceMap {
 public:
  // Nothing where the text is no map of version 3, or one of sections.
  static std::optional<SourceMap> parse(std::string_view json);

  // Lines count from 1, columns from 0. Nothing for code that the map does not cover.
  std::optional<SourcePlace> find(std::uint32_t line, std::uint32_t column) const;

 private:
  struct Segment {
    std::uint32_t column = 0;
    std::int32_t source = -1;  // -1: no source
    std::uint32_t line = 0;
    std::uint32_t source_column = 0;
    std::int32_t name = -1;
  };
  bool read_mappings(std::string_view text);

  std::vector<std::vector<Segment>> lines_;
  std::vector<std::string> sources_;
  std::vector<std::string> names_;
};

// The maps of a zip archive by the names of the files that they are for: what ends with ".map", without it.
std::vector<std::pair<std::string, SourceMap>> maps_of_bundle(std::string_view zip);

class SourceMaps {
 public:
  // An exchange that uploaded one, or a bundle of them. Where several came for a file and version, the last counts.
  void add(const recording::Entry& entry, const Effect& effect);
  const SourceMap* find(std::string_view project, std::string_view version, std::string_view url) const;
  bool empty() const { return maps_.empty(); }

 private:
  void add_bundle(const recording::Entry& entry, const Effect& effect);

  std::unordered_map<std::string, SourceMap> maps_;
};

// Unwinds the frames of one occurrence.
class Unwinder {
 public:
  Unwinder() = default;
  Unwinder(const SourceMaps& maps, std::string_view project, std::string_view version)
      : maps_(maps.empty() || version.empty() ? nullptr : &maps), project_(project), version_(version) {}

  bool has_maps() const { return maps_ != nullptr; }
  // `line` and `column` count from 1, as browsers tell them.
  std::optional<SourcePlace> place(std::string_view file, std::uint64_t line, std::uint64_t column) const;

 private:
  const SourceMaps* maps_ = nullptr;
  std::string project_;
  std::string version_;
};

}  // namespace understudy::rollbar
