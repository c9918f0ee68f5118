#include "cloudwatch_logs/transform.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/json.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// What a parser finds at most; it cannot read more [guess]. A field is found by looking at those before it.
constexpr std::size_t most_fields = 1000;

// One event on its way through the processors.
struct Event {
  std::string_view message;
  const EventOrigin& origin;
  ordered_json fields = ordered_json::object();
};

std::string text_of(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// "store.book.0" -> the way there.
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  for (;;) {
    const auto dot = path.find('.');
    steps.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return steps;
    path.remove_prefix(dot + 1);
  }
}

std::optional<std::size_t> index_of(std::string_view step, const ordered_json& list) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size() || index >= list.size()) return std::nullopt;
  return index;
}

ordered_json* child_of(ordered_json& value, const std::string& step) {
  if (value.is_object() && value.contains(step)) return &value[step];
  if (!value.is_array()) return nullptr;
  const auto index = index_of(step, value);
  return index ? &value[*index] : nullptr;
}

ordered_json* find(Event& event, std::string_view path) {
  auto* at = &event.fields;
  for (const auto& step : steps_of(path)) {
    at = child_of(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

// Makes the objects on the way; false where something else stands there, or what is there shall stay.
bool put(Event& event, std::string_view path, ordered_json value, bool overwrite) {
  auto steps = steps_of(path);
  const auto last = std::move(steps.back());
  steps.pop_back();
  auto* at = &event.fields;
  for (const auto& step : steps) {
    auto* next = child_of(*at, step);
    if (next == nullptr && !at->is_object()) return false;
    at = next != nullptr ? next : &(*at)[step];
    if (at->is_null()) *at = ordered_json::object();
  }
  if (!at->is_object() || (at->contains(last) && !overwrite)) return false;
  (*at)[last] = std::move(value);
  return true;
}

void erase(Event& event, std::string_view path) {
  const auto dot = path.rfind('.');
  auto* parent = dot == std::string_view::npos ? &event.fields : find(event, path.substr(0, dot));
  if (parent != nullptr && parent->is_object()) parent->erase(std::string(path.substr(dot + 1)));
}

// The text that a parser reads: the message, or a field.
std::optional<std::string> source_of(Event& event, const json& settings) {
  const auto source = settings.value("source", "@message");
  if (source == "@message") return std::string(event.message);
  const auto* found = find(event, source);
  return found == nullptr ? std::nullopt : std::optional(text_of(*found));
}

// What a parser found, at the root or below its destination.
bool add_parsed(Event& event, const json& settings, ordered_json parsed) {
  if (parsed.size() > most_fields) return false;
  if (settings.contains("destination")) {
    put(event, settings["destination"].get<std::string>(), std::move(parsed), true);
    return true;
  }
  for (auto& [name, value] : parsed.items()) event.fields[name] = std::move(value);
  return true;
}

// ---- parsers: false where they cannot read

bool parse_json(Event& event, const json& settings) {
  const auto text = source_of(event, settings);
  thread_local JsonReader reader;
  const auto parsed = text ? reader.read(*text) : std::unexpected(JsonError{});
  if (!parsed || !parsed->is_object() || simdjson::dom::object(*parsed).size() > most_fields) return false;
  return add_parsed(event, settings, to_ordered_json(*parsed));
}

std::vector<std::string> split_csv(std::string_view text, std::string_view delimiter, char quote) {
  std::vector<std::string> columns(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == quote) {
      const bool doubled = quoted && i + 1 < text.size() && text[i + 1] == quote;
      if (doubled) columns.back() += text[i++];
      quoted = doubled == quoted;
    } else if (!quoted && text.substr(i).starts_with(delimiter)) {
      columns.emplace_back();
      i += delimiter.size() - 1;
    } else {
      columns.back() += text[i];
    }
  }
  return columns;
}

bool parse_csv(Event& event, const json& settings) {
  const auto text = source_of(event, settings);
  if (!text) return false;
  const auto columns =
      split_csv(*text, settings.value("delimiter", ","), settings.value("quoteCharacter", "\"").front());
  const auto names = settings.value("columns", std::vector<std::string>());
  if (columns.size() > most_fields) return false;
  auto parsed = ordered_json::object();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    parsed[i < names.size() ? names[i] : fmt::format("column_{}", i + 1)] = columns[i];
  }
  return add_parsed(event, settings, std::move(parsed));
}

bool parse_pairs(Event& event, const json& settings) {
  const auto text = source_of(event, settings);
  if (!text) return false;
  const auto between = settings.value("fieldDelimiter", "&");
  const auto within = settings.value("keyValueDelimiter", "=");
  const auto prefix = settings.value("keyPrefix", "");
  auto parsed = ordered_json::object();
  for (std::size_t from = 0; from <= text->size() && parsed.size() <= most_fields;) {
    const auto end = std::min(text->find(between, from), text->size());
    const auto pair = text->substr(from, end - from);
    const auto middle = pair.find(within);
    if (middle != std::string::npos) {
      parsed[prefix + pair.substr(0, middle)] = pair.substr(middle + within.size());
    } else if (!pair.empty()) {
      parsed[prefix + pair] = ordered_json(settings.value("nonMatchValue", json()));
    }
    from = end + between.size();
  }
  return add_parsed(event, settings, std::move(parsed));
}

// ---- processors that change what was parsed

using Change = std::string (*)(const std::string&);

template <Change change>
bool change_texts(Event& event, const json& settings) {
  for (const auto& key : settings["withKeys"]) {
    auto* found = find(event, key.get<std::string>());
    if (found != nullptr && found->is_string()) *found = change(found->get<std::string>());
  }
  return true;
}

// ASCII letters alone [guess: Java's are Unicode's].
std::string shifted(std::string text, char first, int by) {
  for (char& c : text) {
    if (c >= first && c <= first + 25) c = static_cast<char>(c + by);
  }
  return text;
}
std::string lower(const std::string& text) { return shifted(text, 'A', 'a' - 'A'); }
std::string upper(const std::string& text) { return shifted(text, 'a', 'A' - 'a'); }
std::string trimmed(const std::string& text) { return std::string(trim(text)); }

bool add_keys(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    put(event, entry["key"].get<std::string>(), entry["value"].get<std::string>(),
        entry.value("overwriteIfExists", false));
  }
  return true;
}

std::optional<ordered_json> value_to_copy(Event& event, const std::string& source) {
  if (source == "@logGroupName") return event.origin.group;
  if (source == "@logGroupStream") return event.origin.stream;
  if (source == "@accountId") return event.origin.account;
  if (source == "@regionName") return event.origin.region;
  const auto* found = find(event, source);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

bool copy_values(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    auto value = value_to_copy(event, entry["source"].get<std::string>());
    if (value) {
      put(event, entry["target"].get<std::string>(), std::move(*value), entry.value("overwriteIfExists", false));
    }
  }
  return true;
}

// A moved key keeps its name, below the target.
bool move_keys(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    const auto source = entry["source"].get<std::string>();
    const auto* found = find(event, source);
    if (found == nullptr) continue;
    const auto name = source.substr(source.rfind('.') + 1);
    const auto target = fmt::format("{}.{}", entry["target"].get<std::string>(), name);
    if (target != source && put(event, target, *found, entry.value("overwriteIfExists", false))) erase(event, source);
  }
  return true;
}

bool rename_keys(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    const auto key = entry["key"].get<std::string>();
    const auto target = entry["renameTo"].get<std::string>();
    const auto* found = find(event, key);
    if (found == nullptr || target == key) continue;
    auto value = *found;
    if (put(event, target, std::move(value), entry.value("overwriteIfExists", false))) erase(event, key);
  }
  return true;
}

bool delete_keys(Event& event, const json& settings) {
  for (const auto& key : settings["withKeys"]) erase(event, key.get<std::string>());
  return true;
}

bool split_texts(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    auto* found = find(event, entry["source"].get<std::string>());
    if (found == nullptr || !found->is_string()) continue;
    const auto text = found->get<std::string>();
    const auto delimiter = entry["delimiter"].get<std::string>();
    auto parts = ordered_json::array();
    for (std::size_t from = 0; from <= text.size();) {
      const auto end = std::min(text.find(delimiter, from), text.size());
      parts.push_back(text.substr(from, end - from));
      from = end + delimiter.size();
    }
    *found = std::move(parts);
  }
  return true;
}

// Java refers to a group as $1, RE2 as \1.
std::string rewrite_of(std::string_view to) {
  std::string rewrite;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const bool group = to[i] == '$' && i + 1 < to.size() && is_digit(to[i + 1]);
    if (to[i] == '\\') rewrite += '\\';
    rewrite += group ? '\\' : to[i];
  }
  return rewrite;
}

bool substitute(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    auto* found = find(event, entry["source"].get<std::string>());
    const RE2 pattern(entry["from"].get<std::string>(), RE2::Quiet);
    const auto rewrite = rewrite_of(entry["to"].get<std::string>());
    std::string error;
    if (found == nullptr || !found->is_string() || !pattern.ok() || !pattern.CheckRewriteString(rewrite, &error)) {
      continue;
    }
    auto text = found->get<std::string>();
    RE2::GlobalReplace(&text, pattern, rewrite);
    *found = std::move(text);
  }
  return true;
}

std::optional<double> number_of(const ordered_json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  const auto text = text_of(value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// What cannot be converted stays as it is [guess].
std::optional<ordered_json> converted(const ordered_json& value, std::string_view type) {
  if (type == "string") return text_of(value);
  if (type == "boolean") {
    if (value.is_boolean()) return value;
    const auto text = lower(text_of(value));
    return text == "true" || text == "false" ? std::optional<ordered_json>(text == "true") : std::nullopt;
  }
  const auto number = number_of(value);
  if (!number) return std::nullopt;
  if (type == "double") return *number;
  if (std::abs(*number) >= 9.2e18) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

bool convert_types(Event& event, const json& settings) {
  for (const auto& entry : settings["entries"]) {
    auto* found = find(event, entry["key"].get<std::string>());
    if (found == nullptr) continue;
    if (auto value = converted(*found, entry["type"].get<std::string>())) *found = std::move(*value);
  }
  return true;
}

// The objects of a list by one of their members; "flatten" keeps one of those that share a key.
bool map_list(Event& event, const json& settings) {
  const auto* list = find(event, settings["source"].get<std::string>());
  if (list == nullptr || !list->is_array()) return true;
  const bool flatten = settings.value("flatten", false);
  const bool keep_last = settings.value("flattenedElement", "first") == "last";
  auto map = ordered_json::object();
  for (const auto& item : *list) {
    const auto key = item.is_object() ? item.find(settings["key"].get<std::string>()) : item.end();
    if (!item.is_object() || key == item.end()) continue;
    const auto value_key = settings.value("valueKey", "");
    if (!value_key.empty() && !item.contains(value_key)) continue;
    const auto& value = value_key.empty() ? item : item[value_key];
    const auto name = text_of(*key);
    if (!flatten) {
      map[name].push_back(value);
    } else if (keep_last || !map.contains(name)) {
      map[name] = value;
    }
  }
  if (settings.contains("target")) {
    put(event, settings["target"].get<std::string>(), std::move(map), true);
  } else {
    for (auto& [name, value] : map.items()) event.fields[name] = std::move(value);
  }
  return true;
}

struct Processor {
  std::string_view name;
  bool is_parser;
  bool (*run)(Event& event, const json& settings);  // null: not built
};

// [docs: log transformation, processors]
constexpr Processor processors[] = {{"parseJSON", true, parse_json},
                                    {"csv", true, parse_csv},
                                    {"parseKeyValue", true, parse_pairs},
                                    {"grok", true, nullptr},
                                    {"parseCloudfront", true, nullptr},
                                    {"parsePostgres", true, nullptr},
                                    {"parseRoute53", true, nullptr},
                                    {"parseToOCSF", true, nullptr},
                                    {"parseVPC", true, nullptr},
                                    {"parseWAF", true, nullptr},
                                    {"addKeys", false, add_keys},
                                    {"copyValue", false, copy_values},
                                    {"moveKeys", false, move_keys},
                                    {"renameKeys", false, rename_keys},
                                    {"deleteKeys", false, delete_keys},
                                    {"listToMap", false, map_list},
                                    {"splitString", false, split_texts},
                                    {"substituteString", false, substitute},
                                    {"typeConverter", false, convert_types},
                                    {"lowerCaseString", false, change_texts<lower>},
                                    {"upperCaseString", false, change_texts<upper>},
                                    {"trimString", false, change_texts<trimmed>},
                                    {"dateTimeConverter", false, nullptr}};

// The one processor that an element of the configuration has; null members count as absent.
const Processor* processor_of(const json& element, const json*& settings) {
  const Processor* found = nullptr;
  for (const auto& processor : processors) {
    const auto member = element.find(processor.name);
    if (member == element.end() || member->is_null()) continue;
    if (found != nullptr) return nullptr;
    found = &processor;
    settings = &*member;
  }
  return found;
}

}  // namespace

std::optional<TransformerFault> fault_of_transformer(const json& configuration) {
  for (std::size_t i = 0; i < configuration.size(); ++i) {
    const json* settings = nullptr;
    const auto* processor = processor_of(configuration[i], settings);
    const auto place = fmt::format("transformerConfig[{}]", i);
    if (processor == nullptr) return TransformerFault{place, "Each element must have exactly one processor."};
    if (i == 0 && !processor->is_parser) return TransformerFault{place, "The first processor must be a parser."};
    if (processor->run == nullptr) {
      return TransformerFault{fmt::format("{}.{}", place, processor->name),
                              fmt::format("Understudy does not build the processor {}.", processor->name), true};
    }
  }
  return std::nullopt;
}

std::optional<std::string> transformed(const json& configuration, std::string_view message, const EventOrigin& origin) {
  Event event{message, origin};
  for (const auto& element : configuration) {
    const json* settings = nullptr;
    const auto* processor = processor_of(element, settings);
    if (processor == nullptr || processor->run == nullptr || !processor->run(event, *settings)) return std::nullopt;
  }
  return text_of(event.fields);
}

}  // namespace understudy::cloudwatch_logs
