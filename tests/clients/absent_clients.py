"""Clients that no package registry gave to this project: nobody wrote their tests, and each is reported as skipped."""

import sdk

CLIENTS = sdk.Clients()
client = CLIENTS.client


# X-Ray
@client("client.go.otel-xray-sampler", "go.opentelemetry.io/contrib/samplers/aws/xray")
@client("client.go.aws-xray-daemon", "github.com/aws/aws-xray-daemon")
# In the repository of opentelemetry-python-contrib, but in no release of opentelemetry-sdk-extension-aws (2.1.0).
@client("client.python.otel-xray-sampler", "OpenTelemetry's X-Ray sampler for Python")
@client("client.ruby.aws-xray-sdk", "Ruby's aws-xray-sdk")
# CloudWatch Logs
@client("client.fluent-bit", "Fluent Bit, which Debian 12 does not have")
@client("client.java.log4j2-aws-appenders", "com.kdgregory.logging:log4j2-aws-appenders")
@client("client.dotnet.serilog", "Serilog.Sinks.AwsCloudWatch, for want of .NET")
# Version 0.139.0 was to be had, for the Collector of that time.
@client("client.collector.awscloudwatchlogs", "the Collector's awscloudwatchlogsexporter 0.165.0")
def absent(fakes, what):
    raise sdk.Skipped(f"{what} could not be installed when these tests were written, so it has none")
