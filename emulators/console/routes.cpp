#include "console/routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/near_miss.h"
#include "base/percent.h"

namespace understudy::console {
namespace {

constexpr Parameter all_parameters[] = {
    {"session", "string", "the session; \"default\" if not given"},
    {"vendor", "string", "of this vendor only"},
    {"kind", "string", "of this kind only"},
    {"severity", "string", "info, warning or error: of this severity and worse"},
    {"where", "string", "conditions: a JSON list as in a wait, or \"field op value\"; may be given several times"},
    {"limit", "integer", "end the page once it holds this many (default 1000)"},
    {"after", "integer", "only entries after this one; next_after of the last page"},
    {"show_secrets", "boolean", "1 shows keys and tokens as they are"},
    {"fast_flush", "boolean", "1 adds the variables that make SDKs send at once"},
};

constexpr std::string_view json_text = "application/json";
constexpr std::string_view bytes = "application/octet-stream";

constexpr Route table[] = {
    {"GET", "/", hello, 200, "", "text/plain", "", "What is here, in plain text."},
    {"GET", "/v1/openapi.json", openapi, 200, "", json_text, "", "This document."},
    {"GET", "/v1/health", health, 200, "", "Health", "session", "Whether everything is kept; 503 while it is not."},
    {"GET", "/v1/sessions", list_sessions, 200, "", "Sessions", "fast_flush",
     "All sessions, with their ports, URLs and the environment to give to a backend."},
    {"POST", "/v1/sessions", create_session, 201, "NewSession", "Session", "",
     "Begins a session, on ports of its own or on the shared ones."},
    {"DELETE", "/v1/sessions/{name}", delete_session, 200, "", "Name", "",
     "Ends a session and closes its ports; its journal stays on disk."},
    {"POST", "/v1/reset", reset, 200, "", "EntryNumber", "session",
     "Forgets state, faults and records: views begin after the entry that this appends."},
    {"GET", "/v1/clock", get_clock, 200, "", "Clock", "session", "The vendors' clock."},
    {"PUT", "/v1/clock", put_clock, 200, "SetClock", "Clock", "session",
     "Moves or freezes the vendors' clock; {} is real time again."},
    {"GET", "/v1/faults", list_faults, 200, "", "Faults", "session", "The faults that are set."},
    {"POST", "/v1/faults", add_fault, 201, "NewFault", "Fault", "session",
     "Lets a vendor's door do something wrong for the next calls."},
    {"DELETE", "/v1/faults", clear_faults, 200, "", "EntryNumber", "session", "Takes all faults back."},
    {"GET", "/v1/accounts", get_accounts, 200, "", "ByVendor", "session show_secrets", "The accounts that are known."},
    {"PUT", "/v1/accounts", put_accounts, 200, "ByVendor", "EntryNumber", "session",
     "Sets the accounts that are known; without any, every well-shaped key is accepted."},
    {"GET", "/v1/settings", get_settings, 200, "", "ByVendor", "session", "The vendors' switches."},
    {"PUT", "/v1/settings", put_settings, 200, "ByVendor", "EntryNumber", "session", "Sets the vendors' switches."},
    {"GET", "/v1/records", list_records, 200, "", "Records", "session vendor kind where limit after",
     "What was received, decoded. Entries are never torn apart, so a page may hold more than its limit."},
    {"GET", "/v1/entries", list_entries, 200, "", "Entries", "session vendor kind limit after show_secrets",
     "The journal's entries since the session began or was reset."},
    {"GET", "/v1/entries/{n}", get_entry, 200, "", "Entry", "session show_secrets",
     "One entry: head, headers, the vendor's reply, findings."},
    {"GET", "/v1/entries/{n}/head", get_head, 200, "", bytes, "session show_secrets", "The request's head, raw."},
    {"GET", "/v1/entries/{n}/body", get_body, 200, "", bytes, "session show_secrets",
     "The request's body as it came; tokens in it are masked with '*' of the same length."},
    {"GET", "/v1/entries/{n}/reply", get_reply, 200, "", bytes, "session show_secrets", "The reply's body, raw."},
    {"POST", "/v1/sync", sync, 200, "", "EntryNumber", "session",
     "Answers once everything that had reached a socket is in the journal."},
    {"POST", "/v1/wait", wait, 200, "Wait", "WaitResult", "session",
     "Waits for records. A wait that is not met answers 200 too, with the nearest miss."},
    {"GET", "/v1/stream", stream, 200, "", "text/event-stream", "session vendor kind where after",
     "Records as they come, as server-sent events; Last-Event-ID goes on after that record."},
    {"GET", "/v1/findings", list_findings, 200, "", "Findings", "session vendor severity",
     "What is wrong or noteworthy, folded by id and place."},
    {"POST", "/v1/driven", driven, 201, "Driven", "EntryNumber", "session",
     "Records a request that the harness sent to the backend, with its response."},
    {"GET", "/v1/proof", proof, 200, "", "Proof", "session",
     "Whether folding the journal gives the live state, and deciding again gives each recorded reply."},
};

bool is_place(std::string_view part) { return part.starts_with('{'); }

std::string_view next_part(std::string_view& path) {
  path.remove_prefix(1);  // '/'
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& parts) {
  parts.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_part(pattern);
    const std::string_view given = next_part(path);
    if (is_place(wanted) && !given.empty()) {
      parts.push_back(percent_decode(given));
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

[[noreturn]] void refuse_path(std::string_view path) {
  std::vector<std::string_view> known;
  for (const Route& route : table) known.push_back(route.path);
  const std::string_view near = nearest_name(path, known);
  throw Refused{404,
                {fmt::format("there is nothing at {}", path),
                 near.empty() || near == "/" ? "see /v1/openapi.json for what there is" : fmt::format("try {}", near)}};
}

}  // namespace

std::span<const Route> routes() { return table; }
std::span<const Parameter> parameters() { return all_parameters; }

const Parameter& parameter(std::string_view name) {
  return *std::find_if(std::begin(all_parameters), std::end(all_parameters),
                       [&](const Parameter& known) { return known.name == name; });
}

bool takes_parameter(const Route& route, std::string_view name) {
  std::string_view names = route.parameters;
  while (!names.empty()) {
    const std::string_view one = names.substr(0, names.find(' '));
    if (one == name) return true;
    names.remove_prefix(std::min(one.size() + 1, names.size()));
  }
  return false;
}

const Route& find_route(std::string_view method, std::string_view path, std::vector<std::string>& parts) {
  std::vector<std::string_view> methods;
  if (path.starts_with('/')) {
    for (const Route& route : table) {
      if (!matches(route.path, path, parts)) continue;
      if (route.method == method) return route;
      methods.push_back(route.method);
    }
  }
  if (methods.empty()) refuse_path(path);
  const std::string allow = fmt::format("{}", fmt::join(methods, ", "));
  throw Refused{405, {fmt::format("{} takes no {}", path, method), fmt::format("use {}", allow)}, {{"Allow", allow}}};
}

}  // namespace understudy::console
