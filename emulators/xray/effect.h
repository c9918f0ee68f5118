// What an exchange did, as its entry keeps it: small JSON, one member that names the change.
//
//   {"datagram":"taken"}          the daemon forwards it and the service keeps it
//   {"datagram":"unprocessed"}    the daemon forwards it and the service refuses it
//   {"datagram":"over-limit"}     the same, because its trace is above its size
//   {"datagram":"otlp"}           the second dialect
//   {"datagram":"rejected"}       the daemon drops it
//   {"segments":{"accepted":2,"refused":[1]}}             refused: indexes of documents; of a signed call also
//                                                         "account" and "region"; "sizes": {trace id: bytes} of
//                                                         what was accepted; "over_limit": ids of traces above
//                                                         their size, if there are any
//   {"telemetry":{"records":1}}
//   {"statistics":{"account","region","reports":[{"rule","client","requests","sampled","borrowed"}]}}
//   {"put_rule":{"account","region","rule":{...}}}        created, or replaced under its name; members as in the API
//   {"delete_rule":{"account","region","name"}}
//   {"put_group":{"account","region","name","arn","filter","insights","notifications"}}
//   {"delete_group":{"account","region","name"}}
// and these, each with "account" and "region" too:
//   {"tag":{"arn","tags":{...}}}   {"untag":{"arn","keys":[...]}}
//   {"put_policy":{"name","document","revision"}}   {"delete_policy":{"name"}}
//   {"encryption":{"type","key"}}   {"destination":{"name"}}   {"indexing":{"percentage"}}
//   {"otlp":{"spans":3,"rejected":[1]}}                   rejected: indexes of spans
//   {"start_retrieval":{"token","trace_ids":[...],"start","end"}}   {"cancel_retrieval":{"token"}}
#pragma once

#include <string_view>

namespace understudy::xray {

// Compared as text, because there are a hundred thousand a second.
inline constexpr std::string_view datagram_taken = R"({"datagram":"taken"})";
inline constexpr std::string_view datagram_unprocessed = R"({"datagram":"unprocessed"})";
inline constexpr std::string_view datagram_over_limit = R"({"datagram":"over-limit"})";
inline constexpr std::string_view datagram_otlp = R"({"datagram":"otlp"})";
inline constexpr std::string_view datagram_rejected = R"({"datagram":"rejected"})";

}  // namespace understudy::xray
