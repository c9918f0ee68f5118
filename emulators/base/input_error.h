// What is wrong with something a person or a test wrote (a filter, a wait, a request to the control API).
#pragma once

#include <string>

namespace understudy {

struct InputError {
  std::string error;  // what is wrong, and where
  std::string mend;   // what to write instead

  std::string text() const { return mend.empty() ? error : error + ": " + mend; }
};

}  // namespace understudy
