// Files of build tools and recordings of browsers: accepted, kept in the journal, and of source maps used. [docs:
// Source Maps, Symbol files, Session Replay]
#pragma once

#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

recording::Decision upload_source_map(const State& state, const recording::Request& request,
                                      const recording::Context& context);
// `kind` is the last part of the path: proguard, dsym, fluttersymbols.
recording::Decision upload_symbols(const State& state, const recording::Request& request,
                                   const recording::Context& context, std::string_view kind);
recording::Decision post_replay(const State& state, const recording::Request& request,
                                const recording::Context& context);

}  // namespace understudy::rollbar
