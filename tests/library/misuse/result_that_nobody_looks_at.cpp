// error: ignoring return
#include "understudy/understudy.h"

void wait(const understudy::Understudy& vendors) { vendors.honeycomb().wait_for(understudy::span_named("home")); }
