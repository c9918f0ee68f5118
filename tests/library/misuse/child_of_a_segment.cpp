// error: no matching function for call to
#include "understudy/matchers.h"

auto matcher() { return understudy::IsChildOf(understudy::segment_named("home")); }
