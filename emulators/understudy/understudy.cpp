#include "understudy/understudy.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "understudy/house.h"

namespace understudy {

namespace {

std::unique_ptr<detail::House> opened(const Options& options) {
  auto house = detail::House::open(options);
  if (!house) throw StartError(house.error());
  return std::move(*house);
}

std::uint16_t port_of(const session::Ports& ports, std::string_view door) {
  const auto found = ports.find(door);
  return found == ports.end() ? std::uint16_t{0} : found->second;
}

using Set = session::Session::Done (session::Session::*)(const nlohmann::json&);

Result<void> set_json(detail::House& house, std::string_view text, Set set) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error{"this is no JSON: " + std::string(text.substr(0, 80))};
  return house.change([&] { return (house.source->session().*set)(json); });
}

}  // namespace

Understudy::Understudy() : Understudy(Options{}) {}
Understudy::Understudy(const Options& options) : house_(opened(options)) {}
Understudy::Understudy(std::unique_ptr<detail::House> house) : house_(std::move(house)) {}
Understudy::~Understudy() = default;

Result<std::unique_ptr<Understudy>> Understudy::start(const Options& options) {
  auto house = detail::House::open(options);
  if (!house) return Error{house.error()};
  return std::unique_ptr<Understudy>(new Understudy(std::move(*house)));
}

Honeycomb& Understudy::honeycomb() const { return *house_->honeycomb; }
Xray& Understudy::xray() const { return *house_->xray; }
CloudWatchLogs& Understudy::cloudwatch_logs() const { return *house_->cloudwatch_logs; }
Rollbar& Understudy::rollbar() const { return *house_->rollbar; }

std::map<std::string, std::string> Understudy::environment(EnvironmentOptions options) const {
  std::map<std::string, std::string> environment;
  for (auto& [name, value] : house_->sessions().environment(house_->ports, options.fast_flush)) {
    environment.emplace(std::move(name), std::move(value));
  }
  return environment;
}

Ports Understudy::ports() const {
  const auto& ports = house_->ports;
  return {port_of(ports, "honeycomb_http"), port_of(ports, "honeycomb_grpc"), port_of(ports, "xray"),
          port_of(ports, "aws"), port_of(ports, "rollbar")};
}

std::vector<Entry> Understudy::entries() const { return house_->entries(""); }
std::vector<Finding> Understudy::findings() const { return house_->findings(""); }
std::string Understudy::show_command(std::uint64_t entry, bool (*failed)()) const {
  return house_->source->show(std::to_string(entry), failed);
}
Result<void> Understudy::sync() const { return house_->sync(); }
void Understudy::stop() { house_->stop(); }

Result<void> Understudy::reset() {
  return house_->change([this] { return house_->source->session().reset(); });
}

Result<void> Understudy::set_accounts(std::string_view json) {
  return set_json(*house_, json, &session::Session::set_accounts);
}

Result<void> Understudy::set_settings(std::string_view json) {
  return set_json(*house_, json, &session::Session::set_settings);
}

Result<void> Understudy::clear_faults() {
  return house_->change([this] { return house_->source->session().clear_faults(); });
}

Result<void> Understudy::set_clock_offset(std::chrono::nanoseconds offset) {
  return house_->change([this, offset] {
    session::Clock clock;
    clock.offset_ns = offset.count();
    return house_->source->session().set_clock(clock);
  });
}

Result<void> Understudy::freeze_clock(UnixTime time) {
  return house_->change([this, time] {
    session::Clock clock;
    clock.frozen_ns = time.time_since_epoch().count();
    return house_->source->session().set_clock(clock);
  });
}

Result<void> Understudy::use_real_clock() { return set_clock_offset(std::chrono::nanoseconds(0)); }

Result<void> Understudy::save(const std::string& folder) const {
  (void)house_->sync();
  const session::Session& session = house_->source->session();
  const auto saved = session.journal().save(std::filesystem::path(folder) / session.name());
  if (!saved) return Error{saved.error()};
  return {};
}

std::ostream& operator<<(std::ostream& out, const Understudy& understudy) {
  return out << "four vendors that recorded " << understudy.entries().size() << " requests and datagrams";
}

// ---- what vendors have in common

std::vector<Entry> VendorFace::entries() const { return house_->entries(name_); }
std::vector<Finding> VendorFace::findings() const { return house_->findings(name_); }

std::string VendorFace::show_command(std::uint64_t entry, bool (*failed)()) const {
  return house_->source->show(std::to_string(entry), failed);
}

Result<void> VendorFace::fault(const Fault& fault) {
  constexpr const char* actions[] = {"status", "delay", "reset", "body", "cut", "stop_reading", "drop", "reorder"};
  nlohmann::json json = {{"vendor", name_},
                         {"match", {{"path", fault.path}, {"target", fault.target}}},
                         {"action", actions[static_cast<int>(fault.action)]},
                         {"status", fault.status},
                         {"body", fault.body},
                         {"headers", nlohmann::json::object()},
                         {"bytes", fault.bytes},
                         {"probability", fault.probability},
                         {"count", fault.times}};
  for (const auto& [name, value] : fault.headers) json["headers"][name] = value;
  if (fault.when) json["when"] = *fault.when == Fault::When::before ? "before" : "after";
  if (fault.delay.count() != 0) json["delay_ms"] = fault.delay.count();
  return house_->change([&] { return house_->source->session().add_fault(json); });
}

// ---- records

namespace detail {

template <>
Kind kind_of<Span>() {
  return {"honeycomb", "span"};
}
template <>
Kind kind_of<LogRecord>() {
  return {"honeycomb", "log_record"};
}
template <>
Kind kind_of<MetricPoint>() {
  return {"honeycomb", "metric"};
}
template <>
Kind kind_of<HoneycombEvent>() {
  return {"honeycomb", "honeycomb_event"};
}
template <>
Kind kind_of<Segment>() {
  return {"xray", "segment"};
}
template <>
Kind kind_of<Subsegment>() {
  return {"xray", "subsegment"};
}
template <>
Kind kind_of<LogEvent>() {
  return {"cloudwatch_logs", "log_event"};
}
template <>
Kind kind_of<RollbarItem>() {
  return {"rollbar", "item"};
}
template <>
Kind kind_of<Deploy>() {
  return {"rollbar", "deploy"};
}

namespace {

template <typename R>
Waited<R> wait_for(House& house, const Query<R>& query, session::Wait wait) {
  const Kind kind = kind_of<R>();
  auto filter = filter_of(query.conditions());
  if (!filter) return Waited<R>(false, {}, filter.error());
  wait.selection = {std::string(kind.vendor), std::string(kind.kind), std::move(*filter)};
  session::WaitResult result = house.wait(wait);
  std::string why = result.met ? std::string() : house.explain(result);
  std::vector<R> records;
  records.reserve(result.records.size());
  for (auto& record : result.records) records.push_back(Access::make<R>(std::move(record), house.source));
  return Waited<R>(result.met, std::move(records), std::move(why));
}

session::Wait exactly(std::uint64_t count, std::chrono::milliseconds time, Quiet window) {
  session::Wait wait;
  wait.count = session::Wait::Count::exactly;
  wait.number = count;
  wait.timeout = std::max(time, window.time);
  wait.quiet = window.time;
  return wait;
}

}  // namespace
}  // namespace detail

template <typename R>
Waited<R> Recorded<R>::wait_for(const Query<R>& query, Within time) const {
  return wait_for_at_least(1, query, time);
}

template <typename R>
Waited<R> Recorded<R>::wait_for_at_least(std::uint64_t count, const Query<R>& query, Within time) const {
  session::Wait wait;
  wait.number = count;
  wait.timeout = time.time;
  return detail::wait_for(*house_of_records_, query, wait);
}

template <typename R>
Waited<R> Recorded<R>::wait_for_exactly(std::uint64_t count, const Query<R>& query, Within time, Quiet window) const {
  return detail::wait_for(*house_of_records_, query, detail::exactly(count, time.time, window));
}

template <typename R>
Waited<R> Recorded<R>::wait_for_never(const Query<R>& query, Quiet window) const {
  // The time-out is only for a machine that stands still: the quiet window ends the wait.
  constexpr std::chrono::milliseconds patience{10'000};
  return detail::wait_for(*house_of_records_, query, detail::exactly(0, window.time + patience, window));
}

template <typename R>
std::vector<R> Recorded<R>::recorded(const Query<R>& query) const {
  (void)house_of_records_->sync();  // once stopped, everything is there
  const detail::Kind kind = detail::kind_of<R>();
  auto filter = detail::filter_of(query.conditions());
  if (!filter) throw std::invalid_argument(filter.error());
  const session::Selection selection{std::string(kind.vendor), std::string(kind.kind), std::move(*filter)};
  const auto& source = house_of_records_->source;
  const session::Capture capture = source->capture();
  std::vector<R> records;
  for (std::uint64_t ordinal = capture.start; ordinal < capture.journal->size(); ++ordinal) {
    const auto read = session::read_records(
        capture, ordinal, kind.vendor,
        [&](recording::Record&& record, const auto&) {
          if (selection.wants(record)) records.push_back(detail::Access::make<R>(std::move(record), source));
        },
        kind.kind);
    if (!read) throw std::runtime_error(read.error());
  }
  return records;
}

template class Recorded<Span>;
template class Recorded<LogRecord>;
template class Recorded<MetricPoint>;
template class Recorded<HoneycombEvent>;
template class Recorded<Segment>;
template class Recorded<Subsegment>;
template class Recorded<LogEvent>;
template class Recorded<RollbarItem>;
template class Recorded<Deploy>;

}  // namespace understudy
