// The three times of an entry.
#pragma once

#include <cstdint>
#include <optional>

#include "recording/moment.h"

namespace understudy::session {

// A session's clock: real time, real time with an offset, or frozen.
struct Clock {
  std::int64_t offset_ns = 0;
  std::optional<std::int64_t> frozen_ns;

  recording::Moment now() const;
};

}  // namespace understudy::session
