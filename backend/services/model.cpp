#include "backend/services/model.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "backend/text.h"

namespace cruddur::services {
namespace {

using Json = nlohmann::json;

bool is_json_type(std::string_view content_type) {
  const auto type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

std::tm local(Time time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

HttpResponse answer(const Model& model) {
  const auto body = model.error.empty() ? model.data : Json::array({model.error});
  return json_response(model.error.empty() ? 200 : 422,
                       body.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
}

Json read_json(const HttpRequest& request, int unsupported_status) {
  if (!is_json_type(request.headers.get("Content-Type").value_or(""))) {
    throw Refusal(unsupported_status);
  }
  auto body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded()) {
    throw Refusal(400);
  }
  return body;
}

const Json& member(const Json& body, const std::string& name) {
  const Frame frame;
  if (!body.is_object()) {
    throw Failure("TypeError", fmt::format("the body is a JSON {}, not an object", body.type_name()));
  }
  const auto found = body.find(name);
  if (found == body.end()) {
    throw Failure("KeyError", fmt::format("'{}'", name));
  }
  return *found;
}

bool is_blank(const Json& value) {
  return value.is_null() || value == false || (value.is_number() && value == 0) ||
         (value.is_string() && value.get_ref<const std::string&>().empty()) || (value.is_structured() && value.empty());
}

std::size_t length_of(const Json& value) {
  const Frame frame;
  if (value.is_string()) {
    return utf8_length(value.get_ref<const std::string&>());
  }
  if (!value.is_structured()) {
    throw Failure("TypeError", fmt::format("a JSON {} has no length", value.type_name()));
  }
  return value.size();
}

std::string naive_iso_time(Time time) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}", local(time), microseconds);
}

std::string iso_time(Time time) {
  const auto minutes = local(time).tm_gmtoff / 60;
  return fmt::format("{}{}{:02}:{:02}", naive_iso_time(time), minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

}  // namespace cruddur::services
