// Where tests find what they read and run. Known to one source alone, so that the objects of the others do not depend
// on the folder that they are built in, and a compiler cache serves every clone.
#pragma once

namespace places {

extern const char source[];   // the folder of the whole project
extern const char program[];  // the program `understudy`

}  // namespace places
