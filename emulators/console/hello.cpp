#include <fmt/format.h>

#include <algorithm>

#include "base/version.h"
#include "console/openapi.h"
#include "console/routes.h"

namespace understudy::console {

void hello(Call& call) {
  std::string text = fmt::format("understudy {}\n\n", version);
  for (const auto& session : call.house.sessions.all()) {
    text += fmt::format("session {}: {} entries\n", session->name(), session->journal().size());
    for (const auto& [door, url] : call.house.sessions.urls(call.house.sessions.ports_of(*session))) {
      text += fmt::format("  {:<18} {}\n", door, url);
    }
  }
  text += "\ncontrol API\n";
  for (const Route& route : routes()) {
    const std::string_view all = route.summary;
    const std::string_view first = all.substr(0, std::min(all.find_first_of(";:."), all.size()));
    text += fmt::format("  {:<6} {:<24} {}\n", route.method, route.path, first);
  }
  call.reply(text_reply("text/plain; charset=utf-8", std::move(text)));
}

void openapi(Call& call) {
  call.later([] { return json_reply(200, openapi_document()); });
}

}  // namespace understudy::console
