#include "cloudwatch_logs/embedded_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_metrics = 100;
constexpr std::size_t most_values = 100;
constexpr std::size_t most_dimensions = 30;
constexpr std::size_t longest_text = 1024;

constexpr std::string_view units[] = {
    "Seconds",          "Microseconds",     "Milliseconds", "Bytes",           "Kilobytes",        "Megabytes",
    "Gigabytes",        "Terabytes",        "Bits",         "Kilobits",        "Megabits",         "Gigabits",
    "Terabits",         "Percent",          "Count",        "Bytes/Second",    "Kilobytes/Second", "Megabytes/Second",
    "Gigabytes/Second", "Terabytes/Second", "Bits/Second",  "Kilobits/Second", "Megabits/Second",  "Gigabits/Second",
    "Terabits/Second",  "Count/Second",     "None"};

bool is_text(const ordered_json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty() &&
         value.get_ref<const std::string&>().size() <= longest_text;
}

const ordered_json& member(const ordered_json& of, std::string_view name) {
  static const ordered_json none;
  if (!of.is_object()) return none;
  const auto found = of.find(name);
  return found == of.end() ? none : *found;
}

// One message and its directives; a directive with a fault gives no metric.
class Reader {
 public:
  explicit Reader(const ordered_json& root) : root_(root) {}

  EmbeddedMetrics read() {
    const auto& metadata = root_["_aws"];
    const auto& timestamp = member(metadata, "Timestamp");
    if (!timestamp.is_number()) {
      fault("_aws.Timestamp: missing, or no number");
    } else if (timestamp.get<double>() < 1e11 || timestamp.get<double>() > 9e12) {
      fault("_aws.Timestamp: {} are no milliseconds since 1970", timestamp.dump());
    } else {
      timestamp_ms_ = timestamp.get<std::int64_t>();
    }
    const auto& directives = member(metadata, "CloudWatchMetrics");
    if (!directives.is_array()) fault("_aws.CloudWatchMetrics: missing, or no array");
    const bool sound = found_.faults.empty();
    for (std::size_t i = 0; sound && i < directives.size(); ++i) {
      place_ = fmt::format("CloudWatchMetrics[{}]", i);
      read_directive(directives[i]);
    }
    return std::move(found_);
  }

 private:
  using Dimensions = std::vector<std::pair<std::string, std::string>>;

  template <typename... Arguments>
  void fault(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    const auto said = fmt::format(text, std::forward<Arguments>(arguments)...);
    found_.faults.push_back(place_.empty() ? said : fmt::format("{}.{}", place_, said));
  }

  void read_directive(const ordered_json& directive);
  std::vector<Dimensions> read_dimensions(const ordered_json& sets);
  std::optional<EmbeddedMetric> read_metric(const ordered_json& definition, std::size_t index);

  const ordered_json& root_;
  std::string place_;
  std::int64_t timestamp_ms_ = 0;
  EmbeddedMetrics found_;
};

std::vector<Reader::Dimensions> Reader::read_dimensions(const ordered_json& sets) {
  std::vector<Dimensions> all;
  if (sets.is_null()) return {{}};
  if (!sets.is_array()) fault("Dimensions: no array of arrays");
  for (std::size_t i = 0; sets.is_array() && i < sets.size(); ++i) {
    if (!sets[i].is_array()) {
      fault("Dimensions[{}]: no array", i);
      continue;
    }
    if (sets[i].size() > most_dimensions) fault("Dimensions[{}]: {} keys; 30 are the most", i, sets[i].size());
    auto& set = all.emplace_back();
    for (const auto& key : sets[i]) {
      const auto name = key.is_string() ? key.get<std::string>() : key.dump();
      const auto& value = member(root_, name);
      if (is_text(value)) {
        set.emplace_back(name, value.get<std::string>());
      } else {
        fault("Dimensions[{}]: '{}' is {} of the event", i, name, value.is_null() ? "no member" : "no text member");
      }
    }
  }
  if (all.empty()) all.emplace_back();
  return all;
}

std::optional<EmbeddedMetric> Reader::read_metric(const ordered_json& definition, std::size_t index) {
  const auto& name = member(definition, "Name");
  if (!is_text(name)) {
    fault("Metrics[{}].Name: missing, empty or longer than 1024", index);
    return std::nullopt;
  }
  EmbeddedMetric metric;
  metric.name = name.get<std::string>();
  const auto& unit = member(definition, "Unit");
  metric.unit = unit.is_string() ? unit.get<std::string>() : "None";
  if (std::ranges::find(units, metric.unit) == std::end(units))
    fault("Metrics[{}].Unit: no unit '{}'", index, metric.unit);
  if (const auto& resolution = member(definition, "StorageResolution"); !resolution.is_null()) {
    if (resolution == 1 || resolution == 60) {
      metric.storage_resolution = resolution.get<int>();
    } else {
      fault("Metrics[{}].StorageResolution: neither 1 nor 60", index);
    }
  }
  const auto& value = member(root_, metric.name);
  if (value.is_number()) {
    metric.values.push_back(value.get<double>());
  } else if (value.is_array() && !value.empty() && value.size() <= most_values &&
             std::ranges::all_of(value, [](const auto& one) { return one.is_number(); })) {
    metric.values = value.get<std::vector<double>>();
  } else {
    fault("Metrics[{}]: '{}' is {} of the event", index, metric.name,
          value.is_null() ? "no member" : "no number and no array of 1 to 100 numbers");
  }
  return metric;
}

void Reader::read_directive(const ordered_json& directive) {
  const auto faults_before = found_.faults.size();
  const auto& space = member(directive, "Namespace");
  if (!is_text(space)) {
    fault("Namespace: missing, empty or longer than 1024");
  } else if (space.get_ref<const std::string&>().starts_with("AWS/")) {
    fault("Namespace: '{}' belongs to AWS", space.get_ref<const std::string&>());
  }
  const auto sets = read_dimensions(member(directive, "Dimensions"));
  const auto& definitions = member(directive, "Metrics");
  if (!definitions.is_array()) fault("Metrics: missing, or no array");
  if (definitions.is_array() && definitions.size() > most_metrics) {
    fault("Metrics: {} of them; 100 are the most", definitions.size());
  }
  std::vector<EmbeddedMetric> metrics;
  for (std::size_t i = 0; definitions.is_array() && i < definitions.size(); ++i) {
    if (auto metric = read_metric(definitions[i], i)) metrics.push_back(std::move(*metric));
  }
  if (found_.faults.size() != faults_before) return;
  for (auto& metric : metrics) {
    metric.metric_namespace = space.get<std::string>();
    metric.timestamp_ms = timestamp_ms_;
    for (const auto& set : sets) {
      metric.dimensions = set;
      found_.metrics.push_back(metric);
    }
  }
}

}  // namespace

bool mentions_embedded_metrics(std::string_view text) {
  static constexpr std::string_view mark = "CloudWatchMetrics";
  return ::memmem(text.data(), text.size(), mark.data(), mark.size()) != nullptr;
}

std::optional<EmbeddedMetrics> read_embedded_metrics(std::string_view message) {
  const auto start = message.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || message[start] != '{') return std::nullopt;
  if (!mentions_embedded_metrics(message) || !message.contains("\"_aws\"")) return std::nullopt;
  thread_local JsonReader reader;
  const auto parsed = reader.read(message);
  if (!parsed) return EmbeddedMetrics{{}, {fmt::format("the message is no JSON: {}", parsed.error().text())}};
  if (!parsed->is_object()) return std::nullopt;
  const auto root = to_ordered_json(*parsed);
  if (!root.contains("_aws")) return std::nullopt;  // it is further in, where nobody looks for it
  return Reader(root).read();
}

}  // namespace understudy::cloudwatch_logs
