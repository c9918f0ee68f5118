#include "session/clock.h"

#include <chrono>

namespace understudy::session {

recording::Moment Clock::now() const {
  using namespace std::chrono;
  recording::Moment moment;
  moment.wall_ns = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
  moment.monotonic_ns = duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
  moment.vendor_ns = frozen_ns ? *frozen_ns : moment.wall_ns + offset_ns;
  return moment;
}

}  // namespace understudy::session
