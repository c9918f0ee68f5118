// The routing table of the control API. The OpenAPI document is made from the same rows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "console/call.h"

namespace understudy::console {

using Handler = void (*)(Call&);

struct Route {
  std::string_view method;
  std::string_view path;  // "/v1/entries/{n}/body"
  Handler handler;
  int success;
  std::string_view takes;       // schema of the body; empty: none
  std::string_view gives;       // schema of the reply, or its media type
  std::string_view parameters;  // names of Parameter rows, separated by blanks; "session" chooses the session
  std::string_view summary;
};

struct Parameter {
  std::string_view name;
  std::string_view type;  // of JSON Schema
  std::string_view description;
};

std::span<const Route> routes();
std::span<const Parameter> parameters();
const Parameter& parameter(std::string_view name);
bool takes_parameter(const Route& route, std::string_view name);

// The route of a request; refuses with 404 (naming the nearest path) or 405. `parts` gets what stood in "{...}".
const Route& find_route(std::string_view method, std::string_view path, std::vector<std::string>& parts);

// ---- handlers, by file

// hello.cpp
void hello(Call& call);
void openapi(Call& call);
// sessions_api.cpp
void health(Call& call);
void list_sessions(Call& call);
void create_session(Call& call);
void delete_session(Call& call);
void reset(Call& call);
// settings_api.cpp
void get_clock(Call& call);
void put_clock(Call& call);
void list_faults(Call& call);
void add_fault(Call& call);
void clear_faults(Call& call);
void get_accounts(Call& call);
void put_accounts(Call& call);
void get_settings(Call& call);
void put_settings(Call& call);
void driven(Call& call);
// records_api.cpp
void list_records(Call& call);
void list_findings(Call& call);
void stream(Call& call);
void wait(Call& call);
void sync(Call& call);
void proof(Call& call);
// entries_api.cpp
void list_entries(Call& call);
void get_entry(Call& call);
void get_head(Call& call);
void get_body(Call& call);
void get_reply(Call& call);

}  // namespace understudy::console
