#include <fmt/format.h>

#include <filesystem>

#include "backend/telemetry/version.h"
#include "backend/telemetry/xray_entity.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_frames = 10;

void add_common(Json& document, const XrayEntity& entity) {
  document["id"] = entity.id;
  document["name"] = valid_utf8(entity.name);
  document["start_time"] = entity.start_time;
  if (!entity.parent_id.empty()) {
    document["parent_id"] = entity.parent_id;
  }
  document["in_progress"] = false;
  for (const auto& [key, value] : {std::pair{"http", &entity.http},
                                   {"annotations", &entity.annotations},
                                   {"metadata", &entity.metadata},
                                   {"cause", &entity.cause}}) {
    if (!value->is_null()) {
      document[key] = *value;
    }
  }
  for (const auto& [key, value] :
       {std::pair{"error", entity.error}, {"throttle", entity.throttle}, {"fault", entity.fault}}) {
    if (value) {
      document[key] = true;
    }
  }
  document["trace_id"] = entity.trace_id;
}

void add_service(Json& document, const XrayEntity& entity) {
  document["aws"]["xray"] = {{"sdk", "X-Ray for Cruddur in C++"}, {"sdk_version", version}};
  if (entity.rule) {
    document["aws"]["xray"]["sampling_rule_name"] = *entity.rule;
  }
  document["service"] = {{"runtime", "C++"},
                         {"runtime_version", fmt::format("{}", __cplusplus)},
                         {"compiler", "g++"},
                         {"compiler_version", __VERSION__}};
  if (!entity.user.empty()) {
    document["user"] = valid_utf8(utf8_prefix(entity.user, 250));
  }
}

}  // namespace

nlohmann::ordered_json segment_document(const XrayEntity& entity) {
  Json document;
  add_common(document, entity);
  if (entity.is_subsegment) {
    document["type"] = "subsegment";
    document["namespace"] = "local";
  } else {
    add_service(document, entity);
  }
  document["end_time"] = entity.end_time.value_or(entity.start_time);
  for (const auto& subsegment : entity.subsegments) {
    document["subsegments"].push_back(segment_document(*subsegment));
  }
  return document;
}

nlohmann::ordered_json cause_of(const Caught& caught, const std::string& exception_id) {
  auto stack = Json::array();
  // The innermost frames, base names only, as the SDKs send them.
  const auto first = caught.frames.size() > most_frames ? caught.frames.size() - most_frames : 0;
  for (auto i = first; i < caught.frames.size(); ++i) {
    const auto& frame = caught.frames[i];
    stack.push_back({{"path", std::filesystem::path(frame.file).filename().string()},
                     {"line", frame.line},
                     {"label", frame.function}});
  }
  Json exception{{"id", exception_id},
                 {"message", valid_utf8(caught.message)},
                 {"type", caught.type},
                 {"remote", false},
                 {"stack", stack}};
  std::error_code ignored;
  return {{"working_directory", std::filesystem::current_path(ignored).string()},
          {"exceptions", Json::array({exception})}};
}

}  // namespace cruddur::telemetry
