// JSON: `{ $.eventType = "UpdateTrail" && ($.users[0].id > 2 || $.error NOT EXISTS) }`.
#include <fmt/format.h>

#include <charconv>
#include <variant>

#include "base/ascii.h"
#include "base/json.h"
#include "cloudwatch_logs/filter_pattern_condition.h"
#include "cloudwatch_logs/filter_pattern_dialects.h"
#include "cloudwatch_logs/message_json.h"

namespace understudy::cloudwatch_logs::pattern {
namespace {

using simdjson::dom::element;
using Step = std::variant<std::string, std::size_t>;

struct Selector {
  std::string text;  // as it is written
  std::vector<Step> steps;

  std::optional<element> in(element root) const {
    std::optional<element> at = root;
    for (const auto& step : steps) {
      if (const auto* name = std::get_if<std::string>(&step)) {
        at = at->is_object() ? last_member(simdjson::dom::object(*at), *name) : std::nullopt;
      } else {
        element item;
        const bool found =
            at->is_array() && simdjson::dom::array(*at).at(std::get<std::size_t>(step)).get(item) == simdjson::SUCCESS;
        at = found ? std::optional(item) : std::nullopt;
      }
      if (!at) return std::nullopt;
    }
    return at;
  }
};

struct Compared {
  Operator op;
  Value value;
};
enum class Is { null, yes, no, absent };

struct JsonTest {
  Selector selector;
  std::variant<Compared, Is> wanted;
};

std::optional<Number> number_in(element scalar) {
  if (scalar.is_int64()) return static_cast<Number>(std::int64_t(scalar));
  if (scalar.is_uint64()) return static_cast<Number>(std::uint64_t(scalar));
  if (scalar.is_double()) return static_cast<Number>(double(scalar));
  return std::nullopt;
}

// The text of a scalar; nothing of arrays, objects and null, which no comparison ever takes.
std::optional<std::string> text_in(element scalar) {
  if (scalar.is_string()) return std::string(std::string_view(scalar));
  if (scalar.is_bool()) return bool(scalar) ? "true" : "false";
  if (scalar.is_int64()) return fmt::to_string(std::int64_t(scalar));
  if (scalar.is_uint64()) return fmt::to_string(std::uint64_t(scalar));
  if (scalar.is_double()) return fmt::to_string(double(scalar));
  return std::nullopt;
}

bool holds(const Compared& wanted, element found) {
  // The common case without a copy.
  if (found.is_string()) return wanted.value.holds(wanted.op, std::string_view(found), std::nullopt);
  const auto text = text_in(found);
  return text && wanted.value.holds(wanted.op, *text, number_in(found));
}

bool holds(Is wanted, element found) {
  switch (wanted) {
    case Is::null:
      return found.is_null();
    case Is::yes:
      return found.is_bool() && bool(found);
    case Is::no:
      return found.is_bool() && !bool(found);
    case Is::absent:
      return false;
  }
  return false;
}

bool holds(const JsonTest& test, element root) {
  const auto found = test.selector.in(root);
  if (!found) return std::holds_alternative<Is>(test.wanted) && std::get<Is>(test.wanted) == Is::absent;
  return std::visit([&](const auto& wanted) { return holds(wanted, *found); }, test.wanted);
}

bool is_name_character(char c) { return is_word_character(c) || c == '-'; }

bool read_bracket(Reader& reader, Selector& selector) {
  reader.next();
  if (reader.here() == '"') {
    auto name = reader.quoted();
    if (!name) return false;
    selector.steps.emplace_back(std::move(*name));
  } else if (reader.take("'")) {
    selector.steps.emplace_back(std::string(reader.take_while([](char c) { return c != '\''; })));
    if (!reader.take("'")) return reader.fail("a quote is not closed");
  } else {
    const auto digits = reader.take_while(is_digit);
    std::size_t index = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), index).ec != std::errc()) {
      return reader.fail("an array index is missing");
    }
    selector.steps.emplace_back(index);
  }
  return reader.take("]") || reader.fail("the closing ']' of a selector is missing");
}

std::optional<Selector> read_selector(Reader& reader) {
  reader.skip_space();
  const auto start = reader.position();
  Selector selector;
  if (!reader.take("$")) {
    reader.fail("a selector is missing: $.name");
    return std::nullopt;
  }
  while (reader.here() == '.' || reader.here() == '[') {
    if (reader.here() == '.') {
      reader.next();
      if (reader.here() == '[') continue;
      const auto name = reader.take_while(is_name_character);
      if (name.empty()) {
        reader.fail("a selector names letters, digits, '-' and '_'");
        return std::nullopt;
      }
      selector.steps.emplace_back(std::string(name));
    } else if (!read_bracket(reader, selector)) {
      return std::nullopt;
    }
  }
  if (selector.steps.empty()) {
    reader.fail("a selector names a member: $.name");
    return std::nullopt;
  }
  selector.text = reader.since(start);
  return selector;
}

std::optional<Is> read_is(Reader& reader) {
  if (reader.take_word("NOT")) {
    if (reader.take_word("EXISTS")) return Is::absent;
  } else if (reader.take_word("IS")) {
    if (reader.take_word("NULL")) return Is::null;
    if (reader.take_word("TRUE")) return Is::yes;
    if (reader.take_word("FALSE")) return Is::no;
  }
  reader.fail("a comparison is missing: = != < > <= >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS");
  return std::nullopt;
}

std::optional<JsonTest> read_test(Reader& reader) {
  auto selector = read_selector(reader);
  if (!selector) return std::nullopt;
  if (const auto op = read_operator(reader)) {
    auto value = Value::read(reader);
    if (!value) return std::nullopt;
    return JsonTest{std::move(*selector), Compared{*op, std::move(*value)}};
  }
  const auto is = read_is(reader);
  if (!is) return std::nullopt;
  return JsonTest{std::move(*selector), *is};
}

class JsonPattern final : public FilterPattern::Dialect {
 public:
  explicit JsonPattern(Condition<JsonTest> condition) : condition_(std::move(condition)) {}

  bool matches(std::string_view message) const override {
    const auto root = read_object(message);
    return root && matches(*root);
  }

  std::optional<FilterPattern::Values> extract(std::string_view message) const override {
    const auto root = read_object(message);
    if (!root || !matches(*root)) return std::nullopt;
    FilterPattern::Values values;
    condition_.for_each_test([&](const JsonTest& test) {
      for (const auto& [name, value] : values) {
        if (name == test.selector.text) return;
      }
      const auto found = test.selector.in(*root);
      if (auto text = found ? text_in(*found) : std::nullopt) values.emplace_back(test.selector.text, std::move(*text));
    });
    return values;
  }

  std::optional<std::string> value_of(std::string_view reference, std::string_view message) const override {
    Reader reader(reference);
    const auto selector = read_selector(reader);
    if (!selector || !reader.at_end()) return std::nullopt;
    const auto root = read_object(message);
    const auto found = root ? selector->in(*root) : std::nullopt;
    return found ? text_in(*found) : std::nullopt;
  }

 private:
  bool matches(element root) const {
    return condition_.holds([&](const JsonTest& test) { return holds(test, root); });
  }

  Condition<JsonTest> condition_;
};

}  // namespace

DialectPointer read_json(Reader& reader) {
  reader.take("{");
  const auto test = [&reader] { return read_test(reader); };
  auto condition = ConditionReader<JsonTest, decltype(test)>(reader, test).read();
  if (!condition) return nullptr;
  reader.skip_space();
  if (!reader.take("}")) {
    reader.fail("&&, || or the closing '}' is missing");
    return nullptr;
  }
  return std::make_unique<JsonPattern>(std::move(*condition));
}

}  // namespace understudy::cloudwatch_logs::pattern
