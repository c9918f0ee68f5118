// error: this matcher means nothing for a record of this type
#include "understudy/matchers.h"

bool check(const understudy::Span& span) { return testing::Matches(understudy::HasAnnotation("key", 1))(span); }
