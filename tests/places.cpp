#include "tests/places.h"

namespace places {

const char source[] = UNDERSTUDY_SOURCE_DIR;
const char program[] = UNDERSTUDY_PROGRAM;

}  // namespace places
