#include "xray/environment.h"

#include "aws/environment.h"

namespace understudy::xray {

// AWS_XRAY_DAEMON_ADDRESS is one address for UDP and TCP; all six X-Ray SDKs and the OTLP-over-UDP exporters read it
// [code]. It overrides what the code configures. OpenTelemetry's X-Ray samplers do not read it: their endpoint is an
// argument (default http://localhost:2000) [code].
//
// AWS_ENDPOINT_URL_XRAY is read by the AWS CLI and by SDKs since 2023 (botocore 1.31); before that, and in SDKs that
// never read it, pass --endpoint-url or the client's endpoint [code]. The X-Ray SDKs give their samplers' clients an
// explicit endpoint, which wins over it [code].
//
// The region is the daemon's default one: a rule made in another region never reaches the SDKs behind the daemon.
//
// Dead names, read by nothing: AWS_XRAY_DAEMON_ADDRSES and AWS_XRAY_ADDRESS (misspelt in tutorials),
// AWS_XRAY_URL (an application's own, for dynamic naming), AWS_ENDPOINT_URL_X_RAY.
recording::Environment environment(const recording::Urls& urls) {
  recording::Environment variables;
  if (const auto api = urls.find(aws::door_name); api != urls.end()) {
    variables = aws::client_environment(api->second);
    variables.emplace_back("AWS_ENDPOINT_URL_XRAY", api->second);
  }
  if (const auto daemon = urls.find("xray_udp"); daemon != urls.end()) {
    variables.emplace_back("AWS_XRAY_DAEMON_ADDRESS", daemon->second);
  }
  return variables;
}

}  // namespace understudy::xray
