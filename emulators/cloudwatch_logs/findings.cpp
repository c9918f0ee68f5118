#include "cloudwatch_logs/findings.h"

#include <fmt/format.h>

#include <vector>

#include "aws/authentication.h"

namespace understudy::cloudwatch_logs {
namespace {

using recording::Disposition;
using recording::Evidence;
using recording::FindingRule;
using recording::Severity;

constexpr auto refuses = Disposition::refuses;
constexpr auto accepts = Disposition::accepts;
constexpr auto drops = Disposition::drops_silently;
constexpr auto error = Severity::error;
constexpr auto warning = Severity::warning;
constexpr auto info = Severity::info;

constexpr std::string_view snapshots = "localstack/localstack, tests/aws/services/logs, snapshots of the real service";
constexpr std::string_view put_docs = "AWS documentation, PutLogEvents";
constexpr std::string_view ingestion_docs = "AWS documentation, log ingestion through HTTP endpoints";
constexpr std::string_view model = "boto/botocore, data/logs/2014-03-28/service-2.json";
constexpr std::string_view here = "this program";

constexpr FindingRule own_rules[] = {
    // What came was no call of an operation that exists here.
    {"cloudwatch_logs.request.no-target", error, refuses, "the request names no operation: X-Amz-Target is missing",
     "point an AWS SDK at this address; CloudWatch Logs takes POST / with X-Amz-Target: Logs_20140328.<Operation>",
     Evidence::snapshot, "reply of another AWS JSON 1.1 service, quoted in an issue"},
    {"cloudwatch_logs.operation.unknown", error, refuses, "CloudWatch Logs has no such operation",
     "check the spelling in X-Amz-Target", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.operation.not-built", error, refuses,
     "the operation exists at AWS and is not built here: it was answered as an unknown one",
     "leave it out of the test, or run this step against AWS", Evidence::code, here},
    {"cloudwatch_logs.ingestion.request", error, refuses, "the request is none that this ingestion path takes",
     "POST JSON (OTLP: also protobuf, bulk: also NDJSON) with its Content-Type", Evidence::docs, ingestion_docs},
    {"cloudwatch_logs.ingestion.target", error, refuses, "the request does not say where its events go",
     "name group and stream in x-aws-log-group and x-aws-log-stream, or (not for OTLP) both in logGroup and logStream",
     Evidence::docs, ingestion_docs},
    {"cloudwatch_logs.ingestion.token", error, refuses, "the bearer token does not open this log group",
     "use a token that starts with ACWL, and enable PutBearerTokenAuthentication for the group", Evidence::docs,
     ingestion_docs},
    {"cloudwatch_logs.ingestion.body", error, refuses, "the body cannot be read", "the detail names the place",
     Evidence::docs, ingestion_docs},
    {"cloudwatch_logs.ingestion.skipped", warning, drops, "parts of the body are no events and were left out",
     "send objects (services/collector: with a member `event`)", Evidence::docs, ingestion_docs},
    {"cloudwatch_logs.sts.not-built", error, refuses, "of STS only GetCallerIdentity is built here",
     "use static keys instead of assumed roles", Evidence::code, here},
    {"cloudwatch_logs.input.ignored", warning, accepts, "this member of the request has no effect here",
     "leave it out; linked accounts are not built here", Evidence::code, here},

    // The body.
    {"cloudwatch_logs.body.coding", error, refuses, "the body does not decode as its Content-Encoding says",
     "send gzip with Content-Encoding: gzip, or nothing of both", Evidence::guess, "no recording at hand"},
    {"cloudwatch_logs.body.not-json", error, refuses, "the body is no JSON object", "let an AWS SDK write the request",
     Evidence::guess, "reply type from AWS common errors; no recording at hand"},
    {"cloudwatch_logs.body.type", error, refuses, "a member has another JSON type than the operation takes",
     "send text as JSON strings and times as JSON numbers", Evidence::guess,
     "texts from replies of several AWS JSON 1.1 services"},
    {"cloudwatch_logs.body.rewritten", info, accepts,
     "the JSON has a value that strict readers refuse; it was read as AWS's lenient reader may",
     "send valid Unicode and numbers within 64 bits", Evidence::guess, "no recording at hand"},

    // Members of any operation.
    {"cloudwatch_logs.input.constraint", error, refuses, "a member breaks a constraint of the operation's model",
     "the detail names the member, its value and the constraint", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.input.name-too-long", error, refuses, "a group's or stream's name is longer than 512 characters",
     "shorten the name", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.input.exclusive", error, refuses, "two members that exclude each other were both given",
     "leave one of them out", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.input.group-absent", error, refuses, "neither logGroupName nor logGroupIdentifier was given",
     "give one of them", Evidence::docs, "AWS documentation, DescribeLogStreams"},
    {"cloudwatch_logs.input.identifier-arn-star", error, refuses, "the ARN ends in ':*'",
     "remove the ':*': use logGroupArn instead of arn from DescribeLogGroups", Evidence::snapshot,
     "getmoto/moto, tests verified against AWS"},
    {"cloudwatch_logs.input.next-token", error, refuses, "the nextToken is none that this operation gave out",
     "pass the token of the previous page unchanged, and to the same operation", Evidence::snapshot, snapshots},

    {"cloudwatch_logs.filter-pattern.invalid", error, refuses, "the filter pattern does not parse",
     "the detail says where and why; put quotes around terms of other characters than letters, digits and _",
     Evidence::docs, "AWS documentation, filter and pattern syntax"},

    // Stored objects.
    {"cloudwatch_logs.resource.missing", warning, refuses, "what the request names does not exist",
     "create it first, and check name, region and account", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.quota.rate", info, refuses, "more calls in a second than AWS allows an account",
     "send larger batches, create streams once, and retry ThrottlingException with pauses", Evidence::docs,
     "AWS documentation, CloudWatch Logs quotas"},
    {"cloudwatch_logs.quota.resources", error, refuses, "there are as many of these as AWS allows",
     "delete what is not needed; AWS raises some of these quotas on request", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.subscription.destination", error, refuses,
     "the destination of the subscription filter cannot be used",
     "take a Lambda function of the own account, or give roleArn for Kinesis and Firehose", Evidence::snapshot,
     snapshots},
    {"cloudwatch_logs.policy.document", error, refuses, "the policy document is no JSON object",
     "send the document as JSON text", Evidence::guess, "no recording at hand"},
    {"cloudwatch_logs.transformer.processors", error, refuses, "the transformer's processors are not in order",
     "begin with a parser (parseJSON), and give each element one processor", Evidence::docs,
     "AWS documentation, log transformation; the texts are a guess"},
    {"cloudwatch_logs.transformer.not-built", error, refuses,
     "the service knows this processor of a transformer; here it is not built",
     "test the transformer without it: PutTransformer stores it all the same", Evidence::docs,
     "AWS documentation, log transformation"},
    {"cloudwatch_logs.delivery.service", error, refuses, "the resource's service delivers no logs this way",
     "check the service in resourceArn", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.delivery.in-use", error, refuses, "a delivery still uses this source or destination",
     "delete the delivery first", Evidence::guess, "error type from the model; no recording at hand"},
    {"cloudwatch_logs.delivery.exists", warning, refuses, "this source is delivered to this destination already",
     "update the delivery that exists", Evidence::guess, "error type from the model; no recording at hand"},
    {"cloudwatch_logs.export.range", error, refuses, "the export task's range ends before it begins",
     "exchange from and to; both are in milliseconds", Evidence::docs, "AWS documentation, CreateExportTask"},
    {"cloudwatch_logs.export.finished", warning, refuses, "an export task that has ended cannot be cancelled",
     "nothing to do", Evidence::snapshot, snapshots},

    // Logs Insights.
    {"cloudwatch_logs.insights.syntax", error, refuses, "the query does not parse", "the detail says where and why",
     Evidence::snapshot, "errors of the real service, quoted in issues"},
    {"cloudwatch_logs.insights.not-built", error, refuses,
     "the service knows this part of the query language; here it is not built", "leave it out of the query",
     Evidence::docs, "AWS documentation, Logs Insights query syntax"},
    {"cloudwatch_logs.insights.groups", error, refuses, "a query names its log groups by exactly one member",
     "give logGroupName, logGroupNames or logGroupIdentifiers", Evidence::docs, "AWS documentation, StartQuery"},
    {"cloudwatch_logs.insights.range", error, refuses, "no group has anything in the query's range of time",
     "check start and end, in seconds: the group was made after the end, or its retention is shorter", Evidence::guess,
     "text from memory; no recording at hand"},
    {"cloudwatch_logs.insights.milliseconds", warning, accepts,
     "the range of the query lies thousands of years ahead: it finds nothing",
     "startTime and endTime are seconds since 1970, not milliseconds", Evidence::guess, "no recording at hand"},
    {"cloudwatch_logs.insights.ended", info, refuses, "the query had ended before it was stopped",
     "nothing to do: take its results", Evidence::guess, "error type from the model"},
    {"cloudwatch_logs.insights.pointer", error, refuses, "the logRecordPointer is no @ptr of a query's results",
     "pass the value of @ptr unchanged", Evidence::guess, "error type from the model"},

    // Groups and streams.
    {"cloudwatch_logs.group.missing", warning, refuses, "the log group does not exist",
     "create it first (CreateLogGroup), and check name, region and account", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.group.already-exists", info, refuses, "the log group exists already",
     "nothing to do: clients treat this as success", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.group.reserved-name", error, refuses, "names that start with aws/ belong to AWS",
     "choose another name", Evidence::docs, "AWS documentation, CreateLogGroup"},
    {"cloudwatch_logs.group.protected", error, refuses, "the log group is protected against deletion",
     "switch the protection off first", Evidence::guess, "error type from the model; no recording at hand"},
    {"cloudwatch_logs.group.retention-value", error, refuses, "no such retention",
     "take one of the values that the detail lists, nearest first", Evidence::snapshot,
     "a reply of the real service of 2018, quoted in an issue; today's values from the model"},
    {"cloudwatch_logs.group.too-many-tags", error, refuses, "a log group has at most 50 tags", "remove tags",
     Evidence::code, model},
    {"cloudwatch_logs.stream.missing", info, refuses, "the log stream does not exist",
     "create it (CreateLogStream) and send again; many shippers do so in their normal course", Evidence::snapshot,
     snapshots},
    {"cloudwatch_logs.stream.already-exists", info, refuses, "the log stream exists already",
     "nothing to do: clients treat this as success", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.stream.name", error, refuses, "a stream's name must not contain ':' or '*'",
     "replace them: Windows paths, timestamps and ARNs bring them in", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.stream.path-name", info, accepts,
     "the stream's name holds a file path: the shipper's default name puts the program's path and the process id in it",
     "name the stream (watchtower: log_stream_name), or each process and place makes a stream of its own",
     Evidence::run, "watchtower 3.0.1 under `python -m flask run`"},

    // Events.
    {"cloudwatch_logs.events.none", error, refuses, "a batch without events", "send nothing when there is nothing",
     Evidence::snapshot, snapshots},
    {"cloudwatch_logs.events.too-many", error, refuses, "more than 10,000 events in one batch",
     "split the batch; winston-cloudwatch counts bytes only", Evidence::guess,
     "limit from the model, text by template"},
    {"cloudwatch_logs.events.empty-message", error, refuses, "an event with an empty message refuses its whole batch",
     "drop empty messages before sending", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.events.timestamp-missing", error, refuses, "an event has no timestamp",
     "send milliseconds since 1970; a JavaScript NaN becomes null", Evidence::snapshot,
     "amazon-archives/cloudwatch-logs-centralize-logs issue 5"},
    {"cloudwatch_logs.events.timestamp-fraction", info, accepts, "a timestamp has a fraction, which was cut off",
     "send whole milliseconds", Evidence::guess, "no recording at hand"},
    {"cloudwatch_logs.events.too-large", error, refuses,
     "an event of more than 1,048,576 bytes (its message as UTF-8, and 26) refuses its whole batch",
     "cut or split long messages", Evidence::guess, "text recorded in 2025 with the former limit of 262,144"},
    {"cloudwatch_logs.events.batch-too-large", error, refuses,
     "a batch of more than 1,048,576 bytes (messages as UTF-8, and 26 for each)", "split the batch", Evidence::snapshot,
     snapshots},
    {"cloudwatch_logs.events.unordered", error, refuses, "the events are not in chronological order",
     "sort a batch by timestamp before sending", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.events.span", error, refuses, "the events of one batch lie more than 24 hours apart",
     "split a backlog by time; watchtower and Docker's awslogs do not", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.events.too-old", warning, drops, "events older than 14 days were dropped from the batch",
     "send milliseconds since 1970, and in time; read rejectedLogEventsInfo", Evidence::snapshot, snapshots},
    {"cloudwatch_logs.events.expired", warning, drops,
     "events older than the group's retention were dropped from the batch",
     "lengthen the retention, or send in time; read rejectedLogEventsInfo", Evidence::docs, put_docs},
    {"cloudwatch_logs.events.too-new", warning, drops,
     "events more than two hours in the future were dropped from the batch",
     "set the clock; send milliseconds since 1970; read rejectedLogEventsInfo", Evidence::docs, put_docs},
    {"cloudwatch_logs.events.sequence-token", error, refuses,
     "the sequenceToken is not the stream's next one; the session asks for tokens, as the service did before 2023",
     "send the nextSequenceToken of the last answer, or the expectedSequenceToken of this one", Evidence::snapshot,
     "replies of the real service before 2023, quoted in issues"},
    {"cloudwatch_logs.events.sent-again", warning, refuses,
     "the same batch came again with an old sequenceToken; the session asks for tokens, as the service did before 2023",
     "treat this as success, and send the next batch with the token that the message ends with", Evidence::guess,
     "text from memory; today the service stores the batch twice"},
    {"cloudwatch_logs.events.cut-by-client", info, accepts,
     "the client cut a message: it has exactly the length of the event limit of before 2025, or says so at its end",
     "raise the client's limit: CloudWatch Logs takes events up to 1,048,576 bytes", Evidence::code,
     "kislyuk/watchtower 3.4.0; moby/moby daemon/logger/awslogs; aws/amazon-cloudwatch-agent"},
    {"cloudwatch_logs.embedded-metrics.fault", warning, drops,
     "a metric in the embedded format was not taken out: the event is stored, and no metric comes of it",
     "the detail names the member; dimensions and metrics must be members of the event's root", Evidence::docs,
     "AWS documentation, embedded metric format specification"},
    {"cloudwatch_logs.entity.rejected", warning, drops, "the entity was rejected; the events were stored without it",
     "give keyAttributes with a Type", Evidence::guess, "error types from the model"},

    // What no single request shows.
    {"cloudwatch_logs.messages.feedback-loop", warning, accepts,
     "the application logs the lines of the client that ships its logs: each delivery makes new events",
     "keep botocore and urllib3 below DEBUG, or off the CloudWatch handler", Evidence::code,
     "kislyuk/watchtower issues 93 and 115"},
    {"cloudwatch_logs.messages.one-a-call", info, accepts, "each event of this stream came in a call of its own",
     "let the shipper collect (watchtower: use_queues=True and flush before the process ends): calls are what is "
     "throttled",
     Evidence::code, "kislyuk/watchtower 3.4.0, use_queues"},
    {"cloudwatch_logs.shipper.nothing-sent", info, accepts,
     "a client made this log group, and no events were sent to it",
     "the process ended before its first delivery, or its handler is on a logger that nothing is logged to: flush "
     "before "
     "the end (logging.shutdown), and look which logger the handler hangs on",
     Evidence::code, "kislyuk/watchtower issues 54 and 155; its send_interval of 60 s"},
    {"cloudwatch_logs.shipper.fell-silent", info, accepts,
     "this stream got events and then none, while other calls went on",
     "a process that forks or closes its handlers at exit loses what is logged later: flush before the end, or use "
     "use_queues=False where processes fork; nothing is wrong if the process simply ended",
     Evidence::code, "kislyuk/watchtower issues 89, 171 and 206"},
    {"cloudwatch_logs.shipper.stream-never-made", warning, refuses,
     "a client keeps sending to a stream that does not exist, and cannot make it: its flush() hangs or its events are "
     "lost",
     "the detail says what CreateLogStream answers: create the group, or allow the call", Evidence::code,
     "kislyuk/watchtower issues 132, 141 and 192"},
    {"cloudwatch_logs.reads.same-token", info, accepts, "GetLogEvents was asked for one page again and again",
     "the end is reached when the token that comes back is the one that was sent, not when a page is empty",
     Evidence::docs, "AWS documentation, GetLogEvents"},
    {"cloudwatch_logs.messages.access-lines", info, accepts,
     "most events of this stream are access lines of successful requests: noise that is paid for by volume",
     "log successful requests at a lower level, or not to CloudWatch Logs", Evidence::run,
     "the after_request hook of the sample backend logs every response at ERROR"},
};

}  // namespace

std::span<const FindingRule> finding_rules() {
  static const auto rules = [] {
    std::vector<FindingRule> all(std::begin(own_rules), std::end(own_rules));
    const auto shared = aws::authentication_rules(vendor_name);
    all.insert(all.end(), shared.begin(), shared.end());
    return all;
  }();
  return rules;
}

recording::Finding finding(std::string_view what, std::string place, std::string detail, std::uint64_t offset,
                           std::uint64_t length) {
  return {fmt::format("{}.{}", vendor_name, what), std::move(place), std::move(detail), offset, length};
}

}  // namespace understudy::cloudwatch_logs
