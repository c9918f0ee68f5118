// error: no matching function for call to
#include "understudy/understudy.h"

void wait(const understudy::Understudy& vendors) { (void)vendors.xray().wait_for(understudy::span_named("home")); }
