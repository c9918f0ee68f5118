#include "recording/record.h"

#include <fmt/format.h>

#include "recording/moment.h"

namespace understudy::recording {

std::string record_id(const Record& record) {
  return fmt::format("{}/{}/{}", record.session, record.entry, record.index);
}

nlohmann::ordered_json to_json(const Record& record) {
  return {{"id", record_id(record)},   {"vendor", record.vendor}, {"kind", record.kind},
          {"session", record.session}, {"entry", record.entry},   {"time", rfc3339(record.time_ns)},
          {"fields", record.fields}};
}

}  // namespace understudy::recording
