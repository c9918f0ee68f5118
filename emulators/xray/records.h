// What an exchange of X-Ray means: segments, subsegments, statistics, rules, groups.
#pragma once

#include "recording/vendor.h"

namespace understudy::xray {

// Kinds and fields:
//   segment, subsegment     the document's own members as sent; a document that the service refuses means nothing
//   otlp_datagram           prefix, signal, sampled, payload (base64): not decoded yet
//   sampling_request        operation, door, user_agent: that a client asked for the rules
//   sampling_statistics     a client's report about one rule, members as sent
//   sampling_rule, group    of a call that created or changed one, members as sent
//   sampling_rule_deleted   RuleName
//   group_deleted           GroupName
void records(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::xray
