#include "rollbar/source_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "rollbar/effect.pb.h"
#include "rollbar/members.h"
#include "rollbar/multipart.h"
#include "rollbar/state.h"
#include "rollbar/zip.h"

namespace understudy::rollbar {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t most_lines = 1'000'000;
constexpr std::size_t most_unpacked = 64 * 1024 * 1024;  // of one bundle

// One number in base 64, five bits a digit, the sign in the lowest bit. Nothing where the text is none.
std::optional<std::int64_t> read_number(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 40; shift += 5) {
    const std::size_t digit = text.empty() ? digits.npos : digits.find(text.front());
    if (digit == digits.npos) return std::nullopt;
    text.remove_prefix(1);
    value |= (digit & 31) << shift;
    if ((digit & 32) == 0) {
      const auto size = static_cast<std::int64_t>(value >> 1);
      return (value & 1) != 0 ? -size : size;
    }
  }
  return std::nullopt;
}

std::vector<std::string> texts_of(const MaybeElement& list, std::string_view prefix = {}) {
  std::vector<std::string> texts;
  if (!list || !list->is_array()) return texts;
  const simdjson::dom::array array = list->get_array().value_unsafe();
  for (const simdjson::dom::element one : array) {
    texts.push_back(fmt::format("{}{}", prefix, text_of(one)));
  }
  return texts;
}

// Neither scheme nor query counts: minified_url is given as //host/path. [docs: Source Maps]
std::string_view bare(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 1);
  return url.substr(0, url.find_first_of("?#"));
}

std::string key_of(std::string_view project, std::string_view version, std::string_view url) {
  return fmt::format("{}:{}{}:{}{}", project.size(), project, version.size(), version, bare(url));
}

}  // namespace

std::optional<SourceMap> SourceMap::parse(std::string_view json) {
  JsonReader reader;
  const auto root = reader.read(json);
  if (!root || !root->is_object()) return std::nullopt;
  std::int64_t version = 0;
  const MaybeElement number = member_of(*root, "version");
  if (!number || number->get_int64().get(version) != simdjson::SUCCESS || version != 3) return std::nullopt;
  const MaybeElement mappings = member_of(*root, "mappings");
  if (!mappings || !mappings->is_string()) return std::nullopt;
  SourceMap map;
  std::string folder(text_of(member_of(*root, "sourceRoot")));
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  map.sources_ = texts_of(member_of(*root, "sources"), folder);
  map.names_ = texts_of(member_of(*root, "names"));
  if (!map.read_mappings(text_of(mappings))) return std::nullopt;
  return map;
}

// Lines end with ';', segments with ','; all numbers but the column run on from segment to segment.
bool SourceMap::read_mappings(std::string_view text) {
  std::array<std::int64_t, 5> now{};  // column, source, line, source's column, name
  lines_.emplace_back();
  while (!text.empty()) {
    if (text.front() == ';') {
      if (lines_.size() == most_lines) return false;
      lines_.emplace_back();
      now[0] = 0;
      text.remove_prefix(1);
      continue;
    }
    if (text.front() == ',') {
      text.remove_prefix(1);
      continue;
    }
    std::size_t count = 0;
    for (; count < now.size() && !text.empty() && text.front() != ',' && text.front() != ';'; ++count) {
      const auto number = read_number(text);
      if (!number) return false;
      now[count] += *number;
      if (now[count] < 0 || now[count] > UINT32_MAX) return false;
    }
    Segment segment;
    segment.column = static_cast<std::uint32_t>(now[0]);
    if (count >= 4 && static_cast<std::size_t>(now[1]) < sources_.size()) {
      segment.source = static_cast<std::int32_t>(now[1]);
      segment.line = static_cast<std::uint32_t>(now[2]);
      segment.source_column = static_cast<std::uint32_t>(now[3]);
    }
    if (count == 5 && static_cast<std::size_t>(now[4]) < names_.size()) {
      segment.name = static_cast<std::int32_t>(now[4]);
    }
    lines_.back().push_back(segment);
  }
  for (auto& line : lines_) std::ranges::stable_sort(line, {}, &Segment::column);
  return true;
}

std::optional<SourcePlace> SourceMap::find(std::uint32_t line, std::uint32_t column) const {
  if (line == 0 || line > lines_.size()) return std::nullopt;
  const auto& segments = lines_[line - 1];
  const auto after = std::ranges::upper_bound(segments, column, {}, &Segment::column);
  if (after == segments.begin()) return std::nullopt;
  const Segment& found = *std::prev(after);
  if (found.source < 0) return std::nullopt;
  return SourcePlace{sources_[static_cast<std::size_t>(found.source)], found.line + 1, found.source_column,
                     found.name < 0 ? std::string() : names_[static_cast<std::size_t>(found.name)]};
}

std::vector<std::pair<std::string, SourceMap>> maps_of_bundle(std::string_view zip) {
  constexpr std::string_view ending = ".map";
  std::vector<std::pair<std::string, SourceMap>> maps;
  const auto files = read_zip(zip, most_unpacked);
  if (!files) return maps;
  for (const ZippedFile& file : *files) {
    if (!file.name.ends_with(ending)) continue;
    if (auto map = SourceMap::parse(file.content)) {
      maps.emplace_back(file.name.substr(0, file.name.size() - ending.size()), std::move(*map));
    }
  }
  return maps;
}

// rollbar-cli puts the maps into the archive by their names alone, without folders, so that a file is taken to lie
// right below the bundle's URL. [guess]
void SourceMaps::add_bundle(const recording::Entry& entry, const Effect& effect) {
  std::string_view prefix = effect.upload().minified_url();
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  for (auto& [name, map] : maps_of_bundle(entry.body)) {
    const std::string url = fmt::format("{}/{}", prefix, name);
    maps_.insert_or_assign(key_of(effect.project(), effect.upload().version(), url), std::move(map));
  }
}

void SourceMaps::add(const recording::Entry& entry, const Effect& effect) {
  if (effect.upload().kind() == put_bundle_kind) return add_bundle(entry, effect);
  if (effect.upload().kind() != "source_map") return;
  const auto parts =
      read_multipart(entry.body, boundary_of(entry.request().header("content-type").value_or(std::string_view())));
  if (!parts) return;
  for (const Part& part : *parts) {
    if (part.name != "source_map") continue;
    if (auto map = SourceMap::parse(part.content)) {
      maps_.insert_or_assign(key_of(effect.project(), effect.upload().version(), effect.upload().minified_url()),
                             std::move(*map));
    }
  }
}

const SourceMap* SourceMaps::find(std::string_view project, std::string_view version, std::string_view url) const {
  const auto found = maps_.find(key_of(project, version, url));
  return found == maps_.end() ? nullptr : &found->second;
}

std::optional<SourcePlace> Unwinder::place(std::string_view file, std::uint64_t line, std::uint64_t column) const {
  if (maps_ == nullptr || line > UINT32_MAX || column > UINT32_MAX) return std::nullopt;
  const SourceMap* const map = maps_->find(project_, version_, file);
  if (map == nullptr) return std::nullopt;
  return map->find(static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column == 0 ? 0 : column - 1));
}

}  // namespace understudy::rollbar
