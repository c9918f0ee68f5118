// As much of JSON Schema as docs/contract.schema.json uses.
#pragma once

#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <string>

namespace understudy::contract {

class Schema {
 public:
  explicit Schema(nlohmann::json root) : root_(std::move(root)) {}

  // Empty if the value fits, else where it does not.
  std::string check(const nlohmann::json& value) const { return check(root_, value, "$"); }

 private:
  using json = nlohmann::json;

  static bool has_type(const json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    throw std::logic_error("the schema uses type " + type + ", which this test cannot check");
  }

  std::string check(const json& schema, const json& value, const std::string& at) const {
    static const std::vector<std::string> known = {
        "$schema",  "title",   "description",          "$defs", "$ref", "type",
        "required", "anyOf",   "additionalProperties", "const", "enum", "properties",
        "items",    "minimum", "minProperties"};
    for (const auto& [word, unused] : schema.items()) {
      if (std::find(known.begin(), known.end(), word) == known.end()) throw std::logic_error("cannot check " + word);
    }
    if (schema.contains("$ref")) {
      const std::string pointer = schema["$ref"].get<std::string>().substr(1);
      if (auto why = check(root_.at(json::json_pointer(pointer)), value, at); !why.empty()) return why;
    }
    if (schema.contains("type") && !has_type(value, schema["type"])) return at + " has another type";
    if (schema.contains("const") && schema["const"] != value) return at + " has another value";
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
      return at + " is none of the values";
    if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) return at + " is too small";
    if (schema.contains("anyOf")) {
      bool any = false;
      for (const json& one : schema["anyOf"]) any = any || check(one, value, at).empty();
      if (!any) return at + " fits none of anyOf";
    }
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (auto why = check(schema["items"], value[i], at + "[" + std::to_string(i) + "]"); !why.empty()) return why;
      }
    }
    return value.is_object() ? check_members(schema, value, at) : "";
  }

  std::string check_members(const json& schema, const json& value, const std::string& at) const {
    if (schema.contains("minProperties") && value.size() < schema["minProperties"]) return at + " is empty";
    for (const json& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) return at + " needs " + name.get<std::string>();
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, member] : value.items()) {
      const std::string path = at + "." + name;
      if (properties.contains(name)) {
        if (auto why = check(properties[name], member, path); !why.empty()) return why;
      } else if (schema.contains("additionalProperties")) {
        const json& other = schema["additionalProperties"];
        if (other == false) return path + " is unknown";
        if (auto why = check(other, member, path); !why.empty()) return why;
      }
    }
    return "";
  }

  json root_;
};

}  // namespace understudy::contract
