#include "backend/telemetry/diagnostics.h"

#include <cstdio>
#include <string>

namespace cruddur::telemetry {

void warn(std::string_view text) {
  const std::string line = "WARNING telemetry: " + std::string(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace cruddur::telemetry
