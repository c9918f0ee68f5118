#include "rollbar/environment.h"

#include "rollbar/doors.h"

namespace understudy::rollbar {

// rollbar-php alone reads a variable for its endpoint: ROLLBAR_ENDPOINT, the whole item URL. [code]
//
// No variable moves the others, whatever it is called; the application has to pass the URL on.
//   pyrollbar      rollbar.init(..., endpoint="<base>/api/1/"), with the slash; reads no variable at all [code: 1.5.0]
//   rollbar.js     endpoint: "<base>/api/1/item/"; reads NODE_ENV only [code: 3.x]
//   rollbar-gem    config.endpoint, the whole URL; deploys always go to api.rollbar.com [code]
//   rollbar-go     rollbar.SetEndpoint, the whole URL [code]
//   rollbar-java   ConfigBuilder.endpoint, the whole URL [code]
//   Rollbar.NET    EndPoint, a base with a slash at the end [code]
//
// ROLLBAR_ACCESS_TOKEN is read by rollbar-php, and by nearly every application for the others. Without it pyrollbar
// sends nothing at all [run], so one is given: any text is accepted while no accounts are set.
recording::Environment environment(const recording::Urls& urls) {
  const auto door = urls.find(door_name);
  if (door == urls.end()) return {};
  return {{"ROLLBAR_ACCESS_TOKEN", "00000000000000000000000000000000"},
          {"ROLLBAR_ENDPOINT", door->second + "/api/1/item/"}};
}

}  // namespace understudy::rollbar
