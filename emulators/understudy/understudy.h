// Four telemetry vendors in a test's own process: Honeycomb, AWS X-Ray, CloudWatch Logs, Rollbar.
//
//   understudy::Understudy vendors;                        // four fakes on free ports
//   start_backend(vendors.environment({.fast_flush = true}));
//   auto spans = vendors.honeycomb().wait_for(span_named("home-activities-mock-data"), within(15s));
//
// Each Understudy is a world of its own: its ports, threads, journal, clock, accounts and faults. Nothing is shared,
// nothing is global. Every method may be called from any thread; stop() and the destructor end the waits of others.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/query.h"
#include "understudy/records.h"
#include "understudy/result.h"
#include "understudy/value.h"
#include "understudy/waiting.h"

namespace understudy {

namespace detail {
class House;
}  // namespace detail

// 0: a free one.
struct Ports {
  std::uint16_t honeycomb_http = 0;
  std::uint16_t honeycomb_grpc = 0;
  std::uint16_t xray = 0;  // for UDP and TCP
  std::uint16_t aws = 0;
  std::uint16_t rollbar = 0;
};

struct Options {
  Ports ports = {};
  std::string journal = {};  // keep the capture in this folder; empty: in memory
  std::uint64_t max_bytes = UINT64_MAX;
  std::optional<std::uint64_t> seed = {};  // of the ids that the fakes hand out
  // Where the capture of a failed test is saved, so that the command that a failure prints finds it. Empty:
  // $UNDERSTUDY_CAPTURES, else a folder of its own in the system's temporary one.
  std::string captures = {};
};

struct EnvironmentOptions {
  bool fast_flush = false;  // also the variables that make SDKs send at once
};

// Why no Understudy could be started.
class StartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a door does wrong on purpose, for the next requests.
struct Fault {
  enum class When { before, after };  // before: the vendor never sees it; after: it is recorded, but the reply is lost
  enum class Action {
    status,        // another reply
    delay,         // the vendor's reply, later
    reset,         // the connection is reset (HTTP/2: the stream) instead of a reply
    body,          // the vendor's reply with another body
    cut,           // the reply's head and the first `bytes` of its body; then the connection ends (HTTP/2: the stream)
    stop_reading,  // no reply, and nothing more is read of the connection; a reset ends it after the delay
    drop,          // a datagram is lost
    reorder        // a datagram is taken in after the next one, or after the delay
  };

  std::string path = {};          // a prefix; empty: any
  std::string target = {};        // the operation in X-Amz-Target, or the end of the gRPC method; empty: any
  std::optional<When> when = {};  // unset: after for body and cut, else before
  Action action = Action::status;
  int status = 503;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::size_t bytes = 0;
  std::chrono::milliseconds delay{0};  // 0: a minute for stop_reading, 100 ms for reorder
  double probability = 1;              // of acting on a call that matches; drawn from the seed
  std::uint64_t times = 1;
};

// What the four have in common.
class VendorFace {
 public:
  std::vector<Entry> entries() const;  // requests and datagrams, in order
  std::vector<Finding> findings() const;
  Result<void> fault(const Fault& fault);  // the next matching requests meet it
  std::string show_command(std::uint64_t entry, bool (*failed)() = nullptr) const;  // as that of Understudy

 protected:
  friend class detail::House;
  VendorFace(detail::House& house, std::string_view name) : house_(&house), name_(name) {}
  detail::House* house_;
  std::string_view name_;
};

// Waits are for one record or more unless they say otherwise. A wait sees what came before it was asked, from the
// start or the last reset on.
template <typename R>
class Recorded {
 public:
  Waited<R> wait_for(const Query<R>& query, Within time = within(std::chrono::seconds(15))) const;
  Waited<R> wait_for_at_least(std::uint64_t count, const Query<R>& query,
                              Within time = within(std::chrono::seconds(15))) const;
  // Exactly so many, and no more for the quiet window.
  Waited<R> wait_for_exactly(std::uint64_t count, const Query<R>& query, Within time = within(std::chrono::seconds(15)),
                             Quiet window = quiet(std::chrono::milliseconds(250))) const;
  // None for the quiet window. What is on its way when the window ends is still read.
  Waited<R> wait_for_never(const Query<R>& query, Quiet window = quiet(std::chrono::milliseconds(250))) const;
  // What was recorded up to now, everything that had reached a socket included.
  std::vector<R> recorded(const Query<R>& query = {}) const;

 protected:
  explicit Recorded(detail::House& house) : house_of_records_(&house) {}

 private:
  detail::House* house_of_records_;
};

class Honeycomb : public VendorFace,
                  public Recorded<Span>,
                  private Recorded<LogRecord>,
                  private Recorded<MetricPoint>,
                  private Recorded<HoneycombEvent> {
 public:
  std::string url() const;       // OTLP over HTTP, and the API
  std::string grpc_url() const;  // OTLP over gRPC
  std::vector<Span> spans(const Query<Span>& query = {}) const { return Recorded<Span>::recorded(query); }
  std::vector<LogRecord> log_records(const Query<LogRecord>& query = {}) const {
    return Recorded<LogRecord>::recorded(query);
  }
  std::vector<MetricPoint> metric_points(const Query<MetricPoint>& query = {}) const {
    return Recorded<MetricPoint>::recorded(query);
  }
  // Every row that Honeycomb would store, whatever it was made of.
  std::vector<HoneycombEvent> events(const Query<HoneycombEvent>& query = {}) const {
    return Recorded<HoneycombEvent>::recorded(query);
  }
  using Recorded<Span>::wait_for;
  using Recorded<Span>::wait_for_at_least;
  using Recorded<Span>::wait_for_exactly;
  using Recorded<Span>::wait_for_never;
  using Recorded<LogRecord>::wait_for;
  using Recorded<LogRecord>::wait_for_at_least;
  using Recorded<LogRecord>::wait_for_exactly;
  using Recorded<LogRecord>::wait_for_never;
  using Recorded<MetricPoint>::wait_for;
  using Recorded<MetricPoint>::wait_for_at_least;
  using Recorded<MetricPoint>::wait_for_exactly;
  using Recorded<MetricPoint>::wait_for_never;
  using Recorded<HoneycombEvent>::wait_for;
  using Recorded<HoneycombEvent>::wait_for_at_least;
  using Recorded<HoneycombEvent>::wait_for_exactly;
  using Recorded<HoneycombEvent>::wait_for_never;
  std::vector<std::string> datasets() const;  // that hold spans, log records, metrics or events, by name

 private:
  friend class detail::House;
  explicit Honeycomb(detail::House& house);
};

struct SamplingRule {
  std::string name;
  std::string service_name;
  std::string service_type;
  std::string host;
  std::string http_method;
  std::string url_path;
  std::int64_t priority = 0;
  double fixed_rate = 0;
  std::int64_t reservoir_size = 0;
  // What clients reported.
  std::int64_t requests = 0;
  std::int64_t sampled = 0;
  std::int64_t borrowed = 0;
};

struct XrayGroup {
  std::string name;
  std::string filter_expression;
};

// As BatchGetTraces shows it: whatever order the documents came in, in parts, or twice.
struct XrayTrace {
  std::string id;
  std::chrono::nanoseconds duration{0};
  bool limit_exceeded = false;
  // Subsegments that came on their own stand within their segment. The segments that X-Ray infers from calls stand
  // last, with the member "inferred".
  std::vector<Segment> segments;
};

class Xray : public VendorFace, public Recorded<Segment>, private Recorded<Subsegment> {
 public:
  std::string daemon_address() const;  // "127.0.0.1:2000": UDP and TCP
  std::string url() const;             // the X-Ray API on the AWS door
  std::vector<Segment> segments(const Query<Segment>& query = {}) const { return Recorded<Segment>::recorded(query); }
  // That were sent on their own.
  std::vector<Subsegment> subsegments(const Query<Subsegment>& query = {}) const {
    return Recorded<Subsegment>::recorded(query);
  }
  using Recorded<Segment>::wait_for;
  using Recorded<Segment>::wait_for_at_least;
  using Recorded<Segment>::wait_for_exactly;
  using Recorded<Segment>::wait_for_never;
  using Recorded<Subsegment>::wait_for;
  using Recorded<Subsegment>::wait_for_at_least;
  using Recorded<Subsegment>::wait_for_exactly;
  using Recorded<Subsegment>::wait_for_never;
  // Of the account 000000000000, to which everything belongs while no accounts are given. Default is among the rules.
  std::vector<SamplingRule> sampling_rules(std::string_view region = "us-east-1") const;
  std::vector<XrayGroup> groups(std::string_view region = "us-east-1") const;
  // Nothing where X-Ray knows no such trace. Reads every entry of X-Ray's.
  std::optional<XrayTrace> trace(std::string_view id, std::string_view region = "us-east-1") const;

 private:
  friend class detail::House;
  explicit Xray(detail::House& house);
};

class CloudWatchLogs : public VendorFace, public Recorded<LogEvent> {
 public:
  std::string url() const;
  std::vector<LogEvent> log_events(const Query<LogEvent>& query = {}) const { return recorded(query); }
  // Of the account 000000000000, in order of their names.
  std::vector<std::string> log_groups(std::string_view region = "us-east-1") const;
  std::vector<std::string> log_streams(std::string_view group, std::string_view region = "us-east-1") const;
  // As FilterLogEvents shows a group: the events of all its streams by their time, those of deleted streams and those
  // beyond the retention left out. A filter pattern that the service would refuse throws std::invalid_argument.
  std::vector<LogEvent> events(std::string_view group, std::string_view filter_pattern = "",
                               std::string_view region = "us-east-1") const;

 private:
  friend class detail::House;
  explicit CloudWatchLogs(detail::House& house);
};

class Rollbar : public VendorFace, public Recorded<RollbarItem>, private Recorded<Deploy> {
 public:
  std::string url() const;       // http://127.0.0.1:7655
  std::string endpoint() const;  // what notifiers want: .../api/1/item/
  std::vector<RollbarItem> items(const Query<RollbarItem>& query = {}) const {
    return Recorded<RollbarItem>::recorded(query);
  }
  std::vector<Deploy> deploys(const Query<Deploy>& query = {}) const { return Recorded<Deploy>::recorded(query); }
  using Recorded<RollbarItem>::wait_for;
  using Recorded<RollbarItem>::wait_for_at_least;
  using Recorded<RollbarItem>::wait_for_exactly;
  using Recorded<RollbarItem>::wait_for_never;
  using Recorded<Deploy>::wait_for;
  using Recorded<Deploy>::wait_for_at_least;
  using Recorded<Deploy>::wait_for_exactly;
  using Recorded<Deploy>::wait_for_never;

 private:
  friend class detail::House;
  explicit Rollbar(detail::House& house);
};

class Understudy {
 public:
  Understudy();  // throws StartError
  explicit Understudy(const Options& options);
  ~Understudy();  // stops
  Understudy(const Understudy&) = delete;
  Understudy& operator=(const Understudy&) = delete;

  // The same without an exception.
  static Result<std::unique_ptr<Understudy>> start(const Options& options = {});

  Honeycomb& honeycomb() const;
  Xray& xray() const;
  CloudWatchLogs& cloudwatch_logs() const;
  Rollbar& rollbar() const;

  // What to set so that unmodified SDKs talk to these four.
  std::map<std::string, std::string> environment(EnvironmentOptions options = {}) const;
  Ports ports() const;

  std::vector<Entry> entries() const;  // of all vendors
  std::vector<Finding> findings() const;
  // The command that shows the raw bytes of an entry. For that, a capture in memory is saved when the Understudy goes
  // away, unless `failed` then says that the test did not fail.
  std::string show_command(std::uint64_t entry, bool (*failed)() = nullptr) const;

  // Returns once everything that had reached a socket before this call is recorded.
  Result<void> sync() const;
  // Forgets records, findings, faults and what the vendors hold; accounts, settings and the clock stay.
  Result<void> reset();

  // The accounts that are known, as JSON; without any, every well-shaped credential is accepted.
  Result<void> set_accounts(std::string_view json);
  Result<void> set_settings(std::string_view json);
  Result<void> clear_faults();

  // The time that the vendors see.
  Result<void> set_clock_offset(std::chrono::nanoseconds offset);
  Result<void> freeze_clock(UnixTime time);
  Result<void> use_real_clock();

  // Closes the doors. What was recorded can still be read; waits end.
  void stop();

  // Writes the capture into a folder for `understudy show --journal FOLDER`.
  Result<void> save(const std::string& folder) const;

 private:
  explicit Understudy(std::unique_ptr<detail::House> house);
  std::unique_ptr<detail::House> house_;
};

std::ostream& operator<<(std::ostream& out, const Understudy& understudy);

}  // namespace understudy
