// Reads from a running server.
#include <fmt/format.h>
#include <httplib.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/percent.h"
#include "program/source.h"
#include "recording/moment.h"

namespace understudy::program {

using nlohmann::ordered_json;
using recording::Record;

namespace {

constexpr std::time_t seconds_to_connect = 5;
constexpr std::time_t seconds_to_answer = 300;  // a query over a large capture

Failure unreachable(const std::string& url, httplib::Error error) {
  if (error == httplib::Error::Connection) {
    return {
        fmt::format("nothing answers at {}: start it with \"understudy serve\", or name another with --url or "
                    "UNDERSTUDY_URL",
                    url)};
  }
  return {fmt::format("{} did not answer: {}", url, httplib::to_string(error))};
}

Failure refused(const std::string& url, const httplib::Response& response) {
  const auto body = ordered_json::parse(response.body, nullptr, false);
  if (!body.is_object() || !body.contains("error")) {
    return {
        fmt::format("{} answers {} and is not Understudy's console: name its port with --url", url, response.status)};
  }
  const std::string mend = body.value("mend", "");
  return {mend.empty() ? body.value("error", "") : fmt::format("{}: {}", body.value("error", ""), mend)};
}

// Nothing if it has not the form of a record.
std::optional<Record> record_from_json(const ordered_json& json) {
  if (!json.is_object()) return std::nullopt;
  Record record;
  record.kind = json.value("kind", "");
  record.vendor = json.value("vendor", "");
  record.session = json.value("session", "");
  record.entry = json.value("entry", std::uint64_t{0});
  recording::parse_rfc3339(json.value("time", ""), record.time_ns);
  const std::string id = json.value("id", "");
  const std::size_t slash = id.rfind('/');
  if (slash == std::string::npos || !json.contains("fields")) return std::nullopt;
  std::from_chars(id.data() + slash + 1, id.data() + id.size(), record.index);
  record.fields = json["fields"];
  return record;
}

// Cuts a stream of server-sent events into the data of each.
class Events {
 public:
  // False once `see` says so.
  bool add(const char* bytes, std::size_t count, const std::function<bool(const Record&)>& see) {
    pending_.append(bytes, count);
    for (std::size_t end = pending_.find("\n\n"); end != std::string::npos; end = pending_.find("\n\n")) {
      const std::string event = pending_.substr(0, end);
      pending_.erase(0, end + 2);
      const std::size_t data = event.find("data: ");
      if (data == std::string::npos) continue;
      const auto record = record_from_json(ordered_json::parse(event.substr(data + 6), nullptr, false));
      if (record && !see(*record)) return false;
    }
    return true;
  }

 private:
  std::string pending_;
};

class UrlSource final : public Source {
 public:
  explicit UrlSource(const SourceOptions& options) : options_(options), url_(url_of(options)), client_(url_) {
    client_.set_connection_timeout(seconds_to_connect);
    client_.set_read_timeout(seconds_to_answer);
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
  }

  Result<PageOf<Record>> records(const Ask& ask) override {
    const auto body = get_json("/v1/records" + query(ask, ""));
    if (!body) return std::unexpected(body.error());
    PageOf<Record> page;
    for (const auto& json : (*body)["records"]) {
      if (auto record = record_from_json(json)) page.items.push_back(std::move(*record));
    }
    page.next_after = body->value("next_after", std::uint64_t{0});
    page.last = page.items.size() < ask.limit;
    return page;
  }

  Result<PageOf<ordered_json>> exchanges(const Ask& ask) override {
    Ask without_kind = ask;
    without_kind.kinds.clear();
    const auto body = get_json("/v1/entries" + query(without_kind, secrets()));
    if (!body) return std::unexpected(body.error());
    PageOf<ordered_json> page;
    page.last = (*body)["entries"].size() < ask.limit;
    page.next_after = body->value("next_after", std::uint64_t{0});
    for (const auto& entry : (*body)["entries"]) {
      if (entry.value("kind", "") == "exchange" || entry.value("kind", "") == "fragment") page.items.push_back(entry);
    }
    return page;
  }

  Result<ordered_json> entry(std::uint64_t ordinal) override {
    return get_json(fmt::format("/v1/entries/{}?{}", ordinal, rest(secrets())));
  }

  Result<std::string> part(std::uint64_t ordinal, console::Part part) override {
    constexpr std::string_view names[] = {"head", "body", "reply"};
    return get(fmt::format("/v1/entries/{}/{}?{}", ordinal, names[static_cast<int>(part)], rest(secrets())));
  }

  Result<std::vector<ordered_json>> findings(const std::string& vendor) override {
    const auto body = get_json(fmt::format("/v1/findings?{}", rest(vendor.empty() ? "" : "&vendor=" + vendor)));
    if (!body) return std::unexpected(body.error());
    return (*body)["findings"].get<std::vector<ordered_json>>();
  }

  Result<void> follow(const Ask& ask, const std::function<bool(const Record&)>& see) override {
    Events events;
    std::string refusal;
    int status = 0;
    bool ended = false;
    const std::string path = "/v1/stream" + stream_query(ask);
    const auto result = client_.Get(
        path,
        [&](const httplib::Response& response) {
          status = response.status;
          return true;
        },
        [&](const char* bytes, std::size_t count) {
          if (status != 200) return refusal.append(bytes, count), true;
          ended = !events.add(bytes, count, see);
          return !ended;
        });
    if (ended) return {};
    if (status != 0 && status != 200) {
      httplib::Response response;
      response.status = status;
      response.body = refusal;
      return std::unexpected(refused(url_, response));
    }
    if (status == 200) return {};  // the server ended
    return std::unexpected(unreachable(url_, result.error()));
  }

 private:
  std::string secrets() const { return options_.show_secrets ? "&show_secrets=1" : ""; }
  std::string rest(const std::string& more) const { return "session=" + percent_encode(options_.session) + more; }

  std::string query(const Ask& ask, const std::string& more) const {
    std::string text = '?' + rest(more) + fmt::format("&limit={}", ask.limit) + selection(ask);
    if (ask.after) text += fmt::format("&after={}", *ask.after);
    return text;
  }
  std::string stream_query(const Ask& ask) const {
    std::string text = '?' + rest("") + selection(ask);
    if (ask.after) text += fmt::format("&after={}", *ask.after);
    return text;
  }

  static std::string selection(const Ask& ask) {
    std::string text;
    if (!ask.vendor.empty()) text += "&vendor=" + percent_encode(ask.vendor);
    if (ask.kinds.size() == 1) text += "&kind=" + percent_encode(ask.kinds[0]);
    std::vector<recording::Condition> conditions = ask.where.conditions();
    if (ask.kinds.size() > 1) conditions.push_back({"record.kind", recording::FilterOp::in, ask.kinds});
    if (conditions.empty()) return text;
    return text + "&where=" + percent_encode(recording::Filter(std::move(conditions)).to_json().dump());
  }

  // What had reached a socket of the server is read, too: the last datagram of a program that has just ended. Once:
  // what is read in pieces is one capture.
  Result<void> sync() {
    if (synced_) return {};
    const auto result = client_.Post("/v1/sync?" + rest(""), "{}", "application/json");
    if (!result) return std::unexpected(unreachable(url_, result.error()));
    if (result->status != 200) return std::unexpected(refused(url_, *result));
    synced_ = true;
    return {};
  }
  Result<std::string> get(const std::string& path) {
    if (auto synced = sync(); !synced) return std::unexpected(synced.error());
    const auto result = client_.Get(path);
    if (!result) return std::unexpected(unreachable(url_, result.error()));
    if (result->status != 200) return std::unexpected(refused(url_, *result));
    return result->body;
  }
  Result<ordered_json> get_json(const std::string& path) {
    const auto text = get(path);
    if (!text) return std::unexpected(text.error());
    auto json = ordered_json::parse(*text, nullptr, false);
    if (json.is_object()) return json;
    return std::unexpected(Failure{fmt::format("{} is not Understudy's console: name its port with --url", url_)});
  }

  SourceOptions options_;
  std::string url_;
  httplib::Client client_;
  bool synced_ = false;
};

}  // namespace

std::unique_ptr<Source> open_url(const SourceOptions& options) { return std::make_unique<UrlSource>(options); }

Result<ordered_json> fetch_health(const std::string& url, const std::string& session) {
  httplib::Client client(url);
  client.set_connection_timeout(seconds_to_connect);
  const auto result = client.Get("/v1/health?session=" + percent_encode(session));
  if (!result) return std::unexpected(unreachable(url, result.error()));
  auto json = ordered_json::parse(result->body, nullptr, false);
  if (json.is_object() && json.contains("status")) return json;  // 503 when red
  return std::unexpected(refused(url, *result));
}

Result<ordered_json> fetch_sessions(const std::string& url, bool fast_flush) {
  httplib::Client client(url);
  client.set_connection_timeout(seconds_to_connect);
  const auto result = client.Get(fast_flush ? "/v1/sessions?fast_flush=1" : "/v1/sessions");
  if (!result) return std::unexpected(unreachable(url, result.error()));
  if (result->status != 200) return std::unexpected(refused(url, *result));
  auto json = ordered_json::parse(result->body, nullptr, false);
  if (json.is_object() && json.contains("sessions")) return json;
  return std::unexpected(Failure{fmt::format("{} is not Understudy's console: name its port with --url", url)});
}

}  // namespace understudy::program
