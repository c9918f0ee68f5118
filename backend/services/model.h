#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "backend/failure.h"
#include "backend/http/message.h"

namespace cruddur::services {

/// What a service hands to its route: data, or the code of the last check that failed.
struct Model {
  std::string error;
  nlohmann::json data;
};

/// 422 with the code in an array, or 200 with the data; compact, keys sorted, ASCII, a line.
HttpResponse answer(const Model& model);

/// The request's JSON object. Refuses another content type with `unsupported_status` and malformed JSON with 400.
nlohmann::json read_json(const HttpRequest& request, int unsupported_status);
/// A member of what read_json gave: a Failure KeyError when it is missing, TypeError when the body is no object.
const nlohmann::json& member(const nlohmann::json& body, const std::string& name);

// A message may be any JSON value that was sent: these say of one what the validations ask.
bool is_blank(const nlohmann::json& value);
/// Characters of a text, members of an array or object; a Failure TypeError for what has no length.
std::size_t length_of(const nlohmann::json& value);

using Time = std::chrono::system_clock::time_point;
/// Local time in ISO 8601 with microseconds and offset.
std::string iso_time(Time time);
/// The same without offset.
std::string naive_iso_time(Time time);

constexpr std::chrono::hours day{24};

}  // namespace cruddur::services
