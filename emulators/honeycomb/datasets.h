// Which dataset Honeycomb puts data into.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string_view>

#include "honeycomb/translator.h"
#include "otlp/signal.h"
#include "otlp/walker.h"

namespace understudy::honeycomb {

// What decides about the dataset, besides the data. Views into the request.
struct Address {
  bool classic = false;
  std::string_view header;  // x-honeycomb-dataset, or empty
  Translator translator = Translator::direct;
};

// Why it became that one.
enum class Choice : std::uint8_t {
  by_header,
  by_service_name,
  unknown_service,     // traces without a service name
  unknown_log_source,  // logs with neither service name nor header
  unknown_metrics,     // metrics without header
  profiles,            // all of them go to one
};

inline constexpr std::string_view profiles_dataset = "__profiles__";  // [code: husky otlp/profiles.go]

struct Chosen {
  std::string_view dataset;
  Choice choice = Choice::by_service_name;
};

// `service_name`: the resource's attribute, nothing if it is missing or no string.
// Traces and logs: [code: husky otlp/common.go, otlp/logs.go]. Metrics: [docs: sending metrics]
Chosen choose_dataset(otlp::Signal signal, const Address& address, std::optional<std::string_view> service_name);

// The resource's service.name of a ResourceSpans, ResourceLogs or ResourceMetrics: nothing if it is missing or no
// string. Of several the first counts, as in husky's direct path.
std::optional<std::string_view> service_name_of(std::string_view group);

// Without the white space at both ends, as Go's strings.TrimSpace has it.
std::string_view trim_space(std::string_view text);

// The data of neighbouring resources (ResourceSpans, ResourceLogs, ResourceMetrics) with one service.name.
struct Group {
  std::optional<std::string_view> service_name;
  otlp::Summary summary;
  std::size_t index = 0;  // of the first resource in the request
};

// Validates every byte once and visits the groups in the order in which they were sent. What was visited before an
// error counts for nothing.
std::expected<void, otlp::WireError> for_each_group(otlp::Signal signal, std::string_view body,
                                                    const std::function<void(const Group&)>& visit);

}  // namespace understudy::honeycomb
