// Files of build tools and recordings of browsers: accepted, kept in the journal, and of source maps used. [docs:
// Source Maps, Symbol files, Session Replay]
#pragma once

#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/doors.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

recording::Decision upload_source_map(const State& state, const recording::Request& request,
                                      const recording::Context& context);
// Asks the service to fetch a map itself. Nothing is ever fetched here: the call is recorded, and a finding says so.
recording::Decision download_source_map(const State& state, const recording::Request& request,
                                        const recording::Context& context);
// Hands out the URL to which a bundle of maps is put; it leads back to this door. [code: rollbar-cli]
recording::Decision sign_bundle(const State& state, const recording::Request& request,
                                const recording::Context& context);
// A zip of maps, each used for the file of its name below the URL that the bundle is for.
recording::Decision put_bundle(const State& state, const recording::Request& request, std::string_view uuid);
// `kind` is the last part of the path: proguard, dsym, fluttersymbols.
recording::Decision upload_symbols(const State& state, const recording::Request& request,
                                   const recording::Context& context, std::string_view kind);
recording::Decision post_replay(const State& state, const recording::Request& request,
                                const recording::Context& context);
recording::Decision delete_replay(const State& state, const recording::Request& request,
                                  const recording::Context& context, const Route& route);

}  // namespace understudy::rollbar
