// How clients are told to trust the local CA: the variables that name a certificate file.
#pragma once

#include <array>
#include <string_view>

namespace understudy::tls {

// OpenTelemetry's exporters; Python's requests (and what is built on it); Node.js; OpenSSL itself, Ruby and Go;
// botocore and the AWS command line. [docs: each project's documentation of the variable]
inline constexpr std::array<std::string_view, 5> trust_variables{
    "OTEL_EXPORTER_OTLP_CERTIFICATE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "AWS_CA_BUNDLE"};

}  // namespace understudy::tls
