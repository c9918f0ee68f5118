// A vendor for tests of what is above the vendors: what a request means stands in its body, as JSON.
//
//   {"records": [{"kind": "span", "fields": {...}}, ...], "findings": [{"id": "toy.odd", "place": "a[1].b"}],
//    "status": 200}
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "recording/record.h"
#include "recording/vendor.h"
#include "session/session.h"

namespace understudy::session::testing {

struct ScriptedState final : recording::State {
  std::uint64_t applied = 0;
  std::string accounts;
};

class ScriptedVendor final : public recording::Vendor {
 public:
  using Reply = recording::Reply;
  using Request = recording::Request;

  explicit ScriptedVendor(std::string name = "toy") : name_(std::move(name)), door_(name_ + "_http") {
    doors_[0].name = door_;
  }

  std::string_view name() const override { return name_; }
  std::span<const recording::Door> doors() const override { return doors_; }
  std::span<const recording::FindingRule> rules() const override {
    using enum recording::Evidence;
    static constexpr recording::FindingRule table[] = {
        {"toy.odd", recording::Severity::warning, recording::Disposition::accepts, "Something is odd.", "Mend it.",
         docs, "toy's handbook"},
        {"toy.wrong", recording::Severity::error, recording::Disposition::refuses, "Something is wrong.",
         "Mend it now.", code, "toy's source"},
        {"toy.twice", recording::Severity::info, recording::Disposition::misfiles, "A name came twice.",
         "Name it otherwise.", run, "toy's client"},
    };
    return table;
  }
  bool claims(const Request&) const override { return true; }
  std::optional<std::string> credential(const Request& request) const override {
    const auto key = request.header("x-toy-key");
    return key ? std::optional<std::string>(*key) : std::nullopt;
  }
  Reply refuse(const recording::Refusal& refusal, recording::Protocol) const override {
    Reply reply;
    reply.status = 503;
    reply.body = refusal.detail;
    return reply;
  }
  std::unique_ptr<recording::State> make_state() const override { return std::make_unique<ScriptedState>(); }
  recording::Decision decide(const recording::State&, const Request& request,
                             const recording::Context&) const override {
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    recording::Decision decision;
    decision.effect = "one";
    decision.reply.silent = request.protocol == recording::Protocol::udp;
    decision.reply.headers = {{"Content-Type", "text/plain"}};
    decision.reply.body = "taken";
    if (!body.is_object()) return decision;
    decision.reply.status = body.value("status", 200);
    for (const auto& finding : body.value("findings", nlohmann::json::array())) {
      decision.findings.push_back({finding.value("id", ""), finding.value("place", ""), finding.value("detail", ""),
                                   finding.value("offset", std::uint64_t{0}),
                                   finding.value("length", std::uint64_t{0})});
    }
    return decision;
  }
  void apply(recording::State& state, const recording::Applied&) const override {
    ++static_cast<ScriptedState&>(state).applied;
  }
  std::string dump(const recording::State& state) const override {
    const auto& toy = static_cast<const ScriptedState&>(state);
    return std::to_string(toy.applied) + toy.accounts;
  }
  std::expected<void, std::string> check_accounts(const nlohmann::json& accounts) const override {
    if (!accounts.is_object()) return std::unexpected("an object is wanted");
    return {};
  }
  void apply_accounts(recording::State& state, const nlohmann::json& accounts) const override {
    static_cast<ScriptedState&>(state).accounts = accounts.dump();
  }
  std::expected<void, std::string> check_settings(const nlohmann::json&) const override { return {}; }
  void apply_settings(recording::State&, const nlohmann::json&) const override {}
  void records(const recording::Entry& entry, const recording::RecordSink& sink) const override {
    const auto body = nlohmann::ordered_json::parse(entry.body, nullptr, false);
    if (!body.is_object() || !body.contains("records")) return;
    for (const auto& given : body["records"]) {
      recording::Record record;
      record.kind = given.value("kind", "span");
      record.time_ns = entry.moment.vendor_ns;
      record.fields = given.value("fields", nlohmann::ordered_json::object());
      sink(std::move(record));
    }
  }
  std::unique_ptr<Deriver> make_deriver() const override { return std::make_unique<Twice>(); }
  recording::Environment environment(const recording::Urls& urls, bool fast_flush) const override {
    recording::Environment environment;
    if (const auto url = urls.find(door_); url != urls.end()) environment.emplace_back("TOY_URL", url->second);
    environment.emplace_back("TOY_GREETING", "it's \"toy\" & more");
    if (fast_flush) environment.emplace_back("TOY_DELAY", "10");
    return environment;
  }

 private:
  // Finds names that came twice.
  class Twice final : public Deriver {
   public:
    void add(const recording::Record& record) override {
      const std::string name = record.fields.value("name", "");
      if (++seen_[name] == 2) found_.push_back({{"toy.twice", "name", name, 0, 0}, record.entry});
    }
    std::vector<DerivedFinding> findings() const override { return found_; }

   private:
    std::map<std::string, int> seen_;
    std::vector<DerivedFinding> found_;
  };

  std::string name_;
  std::string door_;
  recording::Door doors_[1] = {{"", 0, true, false, 64 * 1024 * 1024}};
};

// A session in memory with two such vendors, "toy" and "other".
class ScriptedSession {
 public:
  ScriptedSession() {
    SessionOptions options;
    options.seed = 1;
    session = std::move(*Session::open(options, vendors, {}));
  }

  // Sends a body to a vendor; returns the exchange's ordinal.
  std::uint64_t send(const nlohmann::json& body, std::size_t vendor = 0,
                     recording::Protocol protocol = recording::Protocol::http1) {
    const std::string text = body.dump();
    const std::string padded = text + std::string(64, '\0');
    recording::Request request;
    request.protocol = protocol;
    request.door = vendors[vendor]->doors()[0].name;
    request.body = std::string_view(padded).substr(0, text.size());
    request.peer = "127.0.0.1:1";
    if (protocol != recording::Protocol::udp) {
      request.head = "POST /toy?x=1 HTTP/1.1\r\nHost: toy\r\nX-Toy-Key: k\r\n\r\n";
      recording::parse_head(request);
    }
    return session->handle(vendor, request).ordinal;
  }
  // One record of kind span.
  std::uint64_t send_span(const nlohmann::json& fields, std::size_t vendor = 0) {
    return send({{"records", {{{"kind", "span"}, {"fields", fields}}}}}, vendor);
  }

  ScriptedVendor toy;
  ScriptedVendor other{"other"};
  Vendors vendors{&toy, &other};
  std::shared_ptr<Session> session;
};

}  // namespace understudy::session::testing
