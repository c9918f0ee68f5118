// What a session is told: clock, faults, accounts, switches, and what the harness itself did.
#include <fmt/format.h>

#include <cmath>

#include "console/routes.h"
#include "console/secrets.h"
#include "recording/moment.h"

namespace understudy::console {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
// A hundred years: with them an instant still fits 64 bits of nanoseconds.
constexpr std::int64_t most_offset_ms = 100ll * 366 * 24 * 3600 * 1000;

void finish(Call& call, const session::Session::Done& done) {
  if (done) return call.reply(200, {{"entry", *done}});
  // The same error tells bad input and a journal that keeps nothing any more.
  const bool kept = call.session->journal().append_error().empty();
  throw Refused{kept ? 400 : 503, {done.error(), kept ? "" : "see /v1/health"}};
}

ordered_json clock_json(const session::Session& session) {
  const session::Clock& clock = session.views().clock;
  const recording::Moment now = clock.now();
  ordered_json json = {{"offset_ms", clock.offset_ns / ns_per_ms}};
  json["freeze"] = clock.frozen_ns ? ordered_json(recording::rfc3339(*clock.frozen_ns)) : ordered_json();
  json["now"] = recording::rfc3339(now.vendor_ns);
  json["wall"] = recording::rfc3339(now.wall_ns);
  return json;
}

session::Clock clock_from(const json& body) {
  const char* mend = R"(write {"offset_ms": 60000}, {"freeze": "2026-01-01T00:00:00Z"}, or {} for real time)";
  session::Clock clock;
  if (body.empty()) return clock;
  if (body.size() != 1) throw Refused{400, {"a clock has one of \"offset_ms\" and \"freeze\"", mend}};
  if (body.contains("offset_ms")) {
    const json& offset = body["offset_ms"];
    const bool fits = offset.is_number_integer() && std::abs(offset.get<double>()) <= most_offset_ms;
    if (!fits) throw Refused{400, {"\"offset_ms\" must be a whole number of at most a hundred years", mend}};
    clock.offset_ns = offset.get<std::int64_t>() * ns_per_ms;
    return clock;
  }
  std::int64_t instant = 0;
  if (!body.contains("freeze") || !body["freeze"].is_string() ||
      !recording::parse_rfc3339(body["freeze"].get_ref<const std::string&>(), instant)) {
    throw Refused{400, {"a clock has \"offset_ms\" or \"freeze\", an RFC 3339 date and time", mend}};
  }
  clock.frozen_ns = instant;
  return clock;
}

ordered_json by_vendor(const std::string& text) { return ordered_json::parse(text, nullptr, false); }

void check_driven(const json& body) {
  struct Member {
    std::string_view name;
    bool required;
    bool (*fits)(const json&);
    std::string_view wanted;
  };
  constexpr auto is_text = [](const json& value) { return value.is_string(); };
  constexpr auto is_headers = [](const json& value) { return value.is_object(); };
  constexpr auto is_status = [](const json& value) { return is_whole_number(value); };
  const Member members[] = {{"method", true, is_text, "a string"},
                            {"url", true, is_text, "a string"},
                            {"request_headers", false, is_headers, "an object of strings"},
                            {"status", true, is_status, "a whole number"},
                            {"response_headers", false, is_headers, "an object of strings"},
                            {"body", false, is_text, "a string"}};
  const char* mend = R"(write {"method", "url", "request_headers", "status", "response_headers", "body"})";
  for (const Member& member : members) {
    const auto found = body.find(member.name);
    if (found == body.end() ? member.required : !member.fits(*found)) {
      throw Refused{400, {fmt::format("\"{}\" must be {}", member.name, member.wanted), mend}};
    }
  }
  for (const auto& [name, value] : body.items()) {
    const bool known = std::any_of(std::begin(members), std::end(members),
                                   [&, &given = name](const Member& member) { return member.name == given; });
    if (!known) throw Refused{400, {fmt::format("unknown member \"{}\"", name), mend}};
  }
}

}  // namespace

void get_clock(Call& call) { call.reply(200, clock_json(*call.session)); }

void put_clock(Call& call) {
  const auto done = call.session->set_clock(clock_from(call.body));
  if (!done) throw Refused{503, {done.error(), "see /v1/health"}};
  call.reply(200, clock_json(*call.session));
}

void list_faults(Call& call) {
  ordered_json list = ordered_json::array();
  for (const session::Fault& fault : call.session->views().faults) {
    if (fault.remaining > 0) list.push_back(to_json(fault));
  }
  call.reply(200, {{"faults", list}});
}

void add_fault(Call& call) {
  const auto fault = call.session->add_fault(call.body);
  if (fault) return call.reply(201, to_json(*fault));
  const bool kept = call.session->journal().append_error().empty();
  throw Refused{kept ? 400 : 503, {fault.error(), kept ? "see NewFault in /v1/openapi.json" : "see /v1/health"}};
}

void clear_faults(Call& call) { finish(call, call.session->clear_faults()); }

void get_accounts(Call& call) {
  ordered_json accounts = by_vendor(call.session->views().accounts);
  if (call.secrets() == Secrets::masked) mask_members(accounts);
  call.reply(200, accounts);
}

void put_accounts(Call& call) { finish(call, call.session->set_accounts(call.body)); }
void get_settings(Call& call) { call.reply(200, by_vendor(call.session->views().settings)); }
void put_settings(Call& call) { finish(call, call.session->set_settings(call.body)); }

void driven(Call& call) {
  check_driven(call.body);
  const auto done = call.session->driven(call.body);
  if (!done) throw Refused{503, {done.error(), "see /v1/health"}};
  call.reply(201, {{"entry", *done}});
}

}  // namespace understudy::console
