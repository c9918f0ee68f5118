#include "understudy/house.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cloudwatch_logs/cloudwatch_logs.h"
#include "contract/requirements.h"
#include "honeycomb/honeycomb.h"
#include "rollbar/rollbar.h"
#include "session/findings.h"
#include "xray/xray.h"

namespace understudy::detail {

namespace {

// In the order in which requests on shared doors are offered: CloudWatch Logs answers what nobody else claims there.
std::vector<std::unique_ptr<recording::Vendor>> make_vendors() {
  std::vector<std::unique_ptr<recording::Vendor>> made;
  made.push_back(honeycomb::make_vendor());
  made.push_back(xray::make_vendor());
  made.push_back(cloudwatch_logs::make_vendor());
  made.push_back(rollbar::make_vendor());
  return made;
}

std::expected<session::Ports, std::string> wanted_ports(const Ports& ports) {
  session::Ports wanted = {{"honeycomb_http", ports.honeycomb_http},
                           {"honeycomb_grpc", ports.honeycomb_grpc},
                           {"xray", ports.xray},
                           {"aws", ports.aws},
                           {"rollbar", ports.rollbar}};
  for (const auto& [door, port] : wanted) {
    for (const auto& [other, same] : wanted) {
      if (door >= other || port == 0 || port != same) continue;
      return std::unexpected(
          fmt::format("{} and {} are both given port {}: give each its own, or 0 for a free one", door, other, port));
    }
  }
  return wanted;
}

session::WaitResult stopped_result() {
  session::WaitResult result;
  result.message = House::was_stopped;
  return result;
}

}  // namespace

// A wait of some thread.
struct House::Pending {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<session::WaitResult> result;

  void answer(session::WaitResult&& with) {
    {
      const std::lock_guard lock(mutex);
      if (!result) result = std::move(with);
    }
    answered.notify_all();
  }
  session::WaitResult await() {
    std::unique_lock lock(mutex);
    answered.wait(lock, [this] { return result.has_value(); });
    return std::move(*result);
  }
};

std::expected<recording::Filter, std::string> filter_of(const std::vector<Condition>& conditions) {
  auto list = nlohmann::json::array();
  for (const Condition& condition : conditions) {
    nlohmann::json one = {{"field", condition.field}, {"op", condition.op}};
    if (!condition.value.is_null()) one["value"] = nlohmann::json(to_json(condition.value));
    list.push_back(std::move(one));
  }
  auto filter = recording::Filter::from_json(list);
  if (!filter) return std::unexpected(filter.error().text());
  return std::move(*filter);
}

House::House(const Options& options) : source(std::make_shared<Source>(make_vendors(), options)) {
  session::SessionsOptions of_sessions;
  if (!options.journal.empty()) of_sessions.journal = options.journal;
  of_sessions.max_bytes = options.max_bytes;
  sessions_ = std::make_unique<session::Sessions>(server_, source->vendors(), of_sessions);
}

std::expected<std::unique_ptr<House>, std::string> House::open(const Options& options) {
  std::unique_ptr<House> house(new House(options));
  if (auto begun = house->begin(options); !begun) {
    house->stopped_ = true;
    return std::unexpected(begun.error());
  }
  return house;
}

std::expected<void, std::string> House::begin(const Options& options) {
  const auto wanted = wanted_ports(options.ports);
  if (!wanted) return std::unexpected(wanted.error());
  session::NewSession first;
  first.name = "default";
  first.seed = options.seed;
  const auto session = sessions_->create(first, {});
  if (!session) return std::unexpected(session.error());
  source->hold(*session);
  const auto opened = sessions_->listen(*wanted);
  if (!opened) return std::unexpected(opened.error());
  ports = *opened;
  urls = sessions_->urls(ports);
  query_ = std::make_unique<session::QueryThread>([this](auto job) { server_.post(std::move(job)); });
  sessions_->read_on(query_.get());
  followers_ = std::make_unique<session::Followers>(*query_);
  waits_ = std::make_unique<session::Waits>(session::loop_of(*sessions_), *query_, *followers_);
  sessions_->on_published([this](session::Session&) { followers_->published(); });
  honeycomb.reset(new Honeycomb(*this));
  xray.reset(new Xray(*this));
  cloudwatch_logs.reset(new CloudWatchLogs(*this));
  rollbar.reset(new Rollbar(*this));
  io_ = std::thread([this] { server_.run(); });
  return {};
}

House::~House() { stop(); }

void House::stop() {
  {
    const std::unique_lock lock(running_);
    if (std::exchange(stopped_, true)) return;
  }
  {
    const std::lock_guard lock(pending_mutex_);
    for (const auto& pending : pending_) pending->answer(stopped_result());
  }
  server_.stop();
  io_.join();
  sessions_->settle();
  sessions_->on_published({});
  sessions_->read_on(nullptr);
  query_.reset();  // its jobs work on the other two
}

session::WaitResult House::wait(const session::Wait& wait) {
  const auto pending = std::make_shared<Pending>();
  {
    const std::shared_lock lock(running_);
    if (stopped_) return stopped_result();
    {
      const std::lock_guard of_pending(pending_mutex_);
      pending_.insert(pending);
    }
    server_.post([this, wait, pending] {
      waits_->begin(sessions_->find("default"), wait,
                    [pending](session::WaitResult&& result) { pending->answer(std::move(result)); });
    });
  }
  session::WaitResult result = pending->await();
  const std::lock_guard lock(pending_mutex_);
  pending_.erase(pending);
  return result;
}

std::string House::explain(const session::WaitResult& result) const {
  std::string text = result.message;
  if (result.nearest) {
    text += fmt::format("\nthe nearest: {}\nits bytes: {}", contract::sketch(*result.nearest),
                        source->show(record_id(*result.nearest)));
  }
  // What a door refused or noticed is often why nothing came.
  const session::Capture capture = source->capture();
  const auto findings = session::read_findings(capture, capture.journal->size(), "");
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; findings && i < std::min(findings->size(), most); ++i) {
    const session::FoldedFinding& finding = (*findings)[i];
    if (finding.severity == recording::Severity::info) break;  // the worst come first
    text +=
        fmt::format("\nfound: {} ({}): {} {}", finding.id, name_of(finding.severity), finding.message, finding.mend);
    if (!result.nearest && !finding.examples.empty()) {
      text += fmt::format("\nits bytes: {}", source->show(std::to_string(finding.examples.front())));
    }
  }
  return text;
}

Result<void> House::sync() {
  const std::shared_lock lock(running_);
  if (stopped_) return Error{std::string(was_stopped)};
  std::promise<void> done;
  server_.post([&] {
    server_.drain([&] {
      sessions_->settle();
      done.set_value();
    });
  });
  done.get_future().get();
  return {};
}

std::vector<Entry> House::entries(std::string_view vendor) {
  (void)sync();  // once stopped, everything is there
  const session::Capture capture = source->capture();
  std::vector<Entry> entries;
  for (std::uint64_t ordinal = capture.start; ordinal < capture.journal->size(); ++ordinal) {
    if (!session::may_hold_records(capture, ordinal, vendor)) continue;
    if (auto entry = capture.journal->read(ordinal)) entries.push_back(Access::make(std::move(*entry), source));
  }
  return entries;
}

std::vector<Finding> House::findings(std::string_view vendor) {
  (void)sync();
  const session::Capture capture = source->capture();
  std::vector<Finding> list;
  const auto folded = session::read_findings(capture, capture.journal->size(), vendor);
  if (!folded) return list;
  for (const session::FoldedFinding& from : *folded) {
    Finding& one = list.emplace_back();
    one.id = from.id;
    one.vendor = from.vendor;
    one.severity = static_cast<Severity>(from.severity);
    one.place = from.place;
    one.message = from.message;
    one.detail = from.detail;
    one.mend = from.mend;
    one.count = from.count;
    one.examples = from.examples;
  }
  return list;
}

std::string House::url(std::string_view door) const {
  const auto found = urls.find(door);
  return found == urls.end() ? std::string() : found->second;
}

}  // namespace understudy::detail
