// What fields and JSON members are compared with: operators, values, and the conditions that && and || join.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloudwatch_logs/filter_pattern_reader.h"

namespace re2 {
class RE2;
}

namespace understudy::cloudwatch_logs::pattern {

// Finds a regular expression anywhere in a text, in linear time.
class Regex {
 public:
  static std::optional<Regex> read(Reader& reader);
  bool is_in(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

enum class Operator { equal, not_equal, less, greater, less_equal, greater_equal };

std::optional<Operator> read_operator(Reader& reader);

using Number = long double;  // holds every 64-bit integer

// The whole text as a number: sign, decimals, exponent.
std::optional<Number> number_of(std::string_view text);

// The right side of a condition. Where it is written as a number and the left side is one, they are compared as
// numbers; else = and != compare texts, in which '*' stands for anything, and the other operators never hold.
class Value {
 public:
  static std::optional<Value> read(Reader& reader);

  bool holds(Operator op, std::string_view text, std::optional<Number> number) const;

 private:
  std::string text_;
  bool wildcard_ = false;
  std::optional<Number> number_;
  std::optional<Regex> regex_;
};

// Tests joined by && and ||, of which && binds first, and parentheses.
template <typename Test>
struct Condition {
  enum class Kind { any_of, all_of, test };
  Kind kind = Kind::test;
  std::vector<Condition> parts;
  std::optional<Test> test;

  template <typename Holds>
  bool holds(const Holds& of_test) const {
    if (kind == Kind::test) return of_test(*test);
    for (const auto& part : parts) {
      if (part.holds(of_test) == (kind == Kind::any_of)) return kind == Kind::any_of;
    }
    return kind == Kind::all_of;
  }

  template <typename Visit>
  void for_each_test(const Visit& visit) const {
    if (test) visit(*test);
    for (const auto& part : parts) part.for_each_test(visit);
  }
};

// `read_test` returns an optional test, nothing where it failed.
template <typename Test, typename ReadTest>
class ConditionReader {
 public:
  ConditionReader(Reader& reader, ReadTest read_test) : reader_(reader), read_test_(std::move(read_test)) {}

  std::optional<Condition<Test>> read() { return read_joined(Condition<Test>::Kind::any_of); }

 private:
  using Kind = typename Condition<Test>::Kind;

  std::optional<Condition<Test>> read_joined(Kind kind) {
    Condition<Test> joined;
    joined.kind = kind;
    do {
      auto part = kind == Kind::any_of ? read_joined(Kind::all_of) : read_primary();
      if (!part) return std::nullopt;
      joined.parts.push_back(std::move(*part));
      reader_.skip_space();
    } while (reader_.take(kind == Kind::any_of ? "||" : "&&"));
    if (joined.parts.size() == 1) {
      Condition<Test> only = std::move(joined.parts.front());
      return only;
    }
    return joined;
  }

  std::optional<Condition<Test>> read_primary() {
    reader_.skip_space();
    if (reader_.take("(")) {
      auto inner = read();
      if (!inner) return std::nullopt;
      reader_.skip_space();
      if (reader_.take(")")) return inner;
      reader_.fail("a parenthesis is not closed");
      return std::nullopt;
    }
    Condition<Test> condition;
    condition.test = read_test_();
    if (!condition.test) return std::nullopt;
    return condition;
  }

  Reader& reader_;
  ReadTest read_test_;
};

}  // namespace understudy::cloudwatch_logs::pattern
