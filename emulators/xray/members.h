// Reading the members of an API request, each held to its constraints; and the two ways to say that one is wrong.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "aws/constraints.h"
#include "xray/operations.h"

namespace understudy::xray {

// The body as a JSON object; an empty body is an empty object, as .NET and ADOT send it [code]. Else the refusal.
std::expected<nlohmann::json, Answer> object_of(const Call& call);

Answer unreadable(std::string_view place, std::string_view detail);
aws::Error invalid_request(std::string message);

enum class Need { required, optional };

// Members of one object. null counts as absent.
class Members {
 public:
  // `path` names the object in the service's sentences: "samplingRule".
  Members(const nlohmann::json& object, std::string_view path)
      : object_(object), path_(path), problems_(std::make_shared<Problems>()) {}
  // Members of an object within this one: what is wrong there counts here.
  Members within(const nlohmann::json& object, std::string_view name) const;

  std::optional<std::string> text(std::string_view name, std::size_t min, std::size_t max, Need need);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max, Need need);
  std::optional<double> number(std::string_view name, double min, double max, Need need);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::string> choice(std::string_view name, std::initializer_list<std::string_view> names, Need need);
  // Null if it is absent; a violation if it is required.
  const nlohmann::json* object(std::string_view name, Need need);
  const nlohmann::json* array(std::string_view name, Need need);

  void violation(std::string_view name, std::string_view value, std::string_view constraint);

  // Nothing if every member was as it must be.
  std::optional<Answer> refusal() const;

 private:
  const nlohmann::json* find(std::string_view name, Need need);
  std::string path_of(std::string_view name) const;  // "samplingRule.fixedRate"
  void wrong_type(std::string_view name, std::string_view wanted);
  void number_bounds(std::string_view name, const nlohmann::json& value, double min, double max);

  struct Problems {
    aws::Violations violations;
    std::string wrong_type;  // the first member of a wrong type, in words
  };

  const nlohmann::json& object_;
  std::string path_;
  std::shared_ptr<Problems> problems_;
};

}  // namespace understudy::xray
