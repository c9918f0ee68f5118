// The operations of the X-Ray API: every one of the model with its path, and what answers it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/reply.h"
#include "recording/vendor.h"
#include "xray/state.h"

namespace understudy::xray {

// One call, after its sender is known.
struct Call {
  const recording::Request& request;
  std::string_view body;  // without content coding, followed by at least 64 readable bytes
  const recording::Context& context;
  Scope scope;
  bool through_daemon = false;
};

class TraceIndex;  // index.h

struct Answer {
  std::string body = "{}";     // JSON, if not said otherwise
  std::string content_type{};  // of another answer; empty: JSON
  std::optional<aws::Error> refused;
  std::vector<recording::Finding> findings;
  std::string effect;
  bool read = false;
  // The answer of a read that looks at traces: see recording::Decision::later. The rest stays as it is then.
  std::function<Answer(TraceIndex&, const recording::Context&)> later;

  static Answer refusal(aws::Error error, recording::Finding finding);
};

using Handler = Answer (*)(const XrayState&, const Call&);

struct Operation {
  std::string_view path;
  std::string_view name;
  Handler answer;
};

// By path; null if X-Ray has no such operation.
const Operation* find_operation(std::string_view path);

// Sampling rules and targets: sampling_rules.cpp, sampling_targets.cpp.
Answer get_sampling_rules(const XrayState&, const Call&);
Answer create_sampling_rule(const XrayState&, const Call&);
Answer update_sampling_rule(const XrayState&, const Call&);
Answer delete_sampling_rule(const XrayState&, const Call&);
Answer get_sampling_targets(const XrayState&, const Call&);
// Groups: groups.cpp.
Answer get_groups(const XrayState&, const Call&);
Answer get_group(const XrayState&, const Call&);
Answer create_group(const XrayState&, const Call&);
Answer update_group(const XrayState&, const Call&);
Answer delete_group(const XrayState&, const Call&);
// tags.cpp
Answer tag_resource(const XrayState&, const Call&);
Answer untag_resource(const XrayState&, const Call&);
Answer list_tags_for_resource(const XrayState&, const Call&);
// resource_policies.cpp
Answer put_resource_policy(const XrayState&, const Call&);
Answer delete_resource_policy(const XrayState&, const Call&);
Answer list_resource_policies(const XrayState&, const Call&);
// region_settings.cpp
Answer get_encryption_config(const XrayState&, const Call&);
Answer put_encryption_config(const XrayState&, const Call&);
Answer get_trace_segment_destination(const XrayState&, const Call&);
Answer update_trace_segment_destination(const XrayState&, const Call&);
Answer get_indexing_rules(const XrayState&, const Call&);
Answer update_indexing_rule(const XrayState&, const Call&);
// insights.cpp
Answer get_insight(const XrayState&, const Call&);
Answer get_insight_events(const XrayState&, const Call&);
Answer get_insight_impact_graph(const XrayState&, const Call&);
Answer get_insight_summaries(const XrayState&, const Call&);
// statistic_summaries.cpp
Answer get_sampling_statistic_summaries(const XrayState&, const Call&);
// otlp_traces.cpp
Answer put_otlp_traces(const XrayState&, const Call&);
// What daemons and collectors send: segments.cpp.
Answer put_trace_segments(const XrayState&, const Call&);
Answer put_telemetry_records(const XrayState&, const Call&);
// What reads traces: traces.cpp, summaries.cpp, graph_operations.cpp, statistics.cpp.
Answer batch_get_traces(const XrayState&, const Call&);
Answer get_trace_summaries(const XrayState&, const Call&);
Answer get_service_graph(const XrayState&, const Call&);
Answer get_trace_graph(const XrayState&, const Call&);
Answer get_time_series_service_statistics(const XrayState&, const Call&);
// retrievals.cpp
Answer start_trace_retrieval(const XrayState&, const Call&);
Answer list_retrieved_traces(const XrayState&, const Call&);
Answer get_retrieved_traces_graph(const XrayState&, const Call&);
Answer cancel_trace_retrieval(const XrayState&, const Call&);

}  // namespace understudy::xray
