#pragma once

#include "tests/session/manual_loop.h"

namespace understudy::transport {

// What the next Server runs on.
extern session::testing::ManualLoop* fake_loop;

}  // namespace understudy::transport
