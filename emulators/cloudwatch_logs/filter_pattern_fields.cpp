// Fields that spaces part: `[ip, user, username, timestamp, request = *.html*, status_code = 4*, bytes]`.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cloudwatch_logs/filter_pattern_condition.h"
#include "cloudwatch_logs/filter_pattern_dialects.h"

namespace understudy::cloudwatch_logs::pattern {
namespace {

struct FieldTest {
  Operator op;
  Value value;
};

struct Field {
  std::string name;  // empty: known by its position
  std::optional<Condition<FieldTest>> condition;

  bool takes(std::string_view text) const {
    if (!condition) return true;
    return condition->holds([&](const FieldTest& test) { return test.value.holds(test.op, text, number_of(text)); });
  }
};

// The fields of a message. What stands in [...] or "..." is one field, without them.
std::vector<std::string_view> fields_of(std::string_view message) {
  std::vector<std::string_view> fields;
  std::size_t at = 0;
  while ((at = message.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
    const char first = message[at];
    if (first == '[' || first == '"') {
      const auto close = message.find(first == '[' ? ']' : '"', at + 1);
      if (close != std::string_view::npos) {
        fields.push_back(message.substr(at + 1, close - at - 1));
        at = close + 1;
        continue;
      }
    }
    const auto end = std::min(message.find_first_of(" \t\r\n", at), message.size());
    fields.push_back(message.substr(at, end - at));
    at = end;
  }
  return fields;
}

// Fields in a row, with "..." on either side of them or at an end of the pattern.
using Stretch = std::vector<Field>;

class Fields final : public FilterPattern::Dialect {
 public:
  std::vector<Stretch> stretches{1};

  bool matches(std::string_view message) const override { return !places(fields_of(message)).empty(); }

  std::optional<FilterPattern::Values> extract(std::string_view message) const override {
    const auto texts = fields_of(message);
    const auto starts = places(texts);
    if (starts.empty()) return std::nullopt;
    std::vector<std::string_view> names(texts.size());
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      for (std::size_t j = 0; j < stretches[i].size(); ++j) names[starts[i] + j] = stretches[i][j].name;
    }
    FilterPattern::Values values;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      // By its position, from 1, where the pattern gives no name [guess].
      values.emplace_back(names[i].empty() ? fmt::format("${}", i + 1) : fmt::format("${}", names[i]), texts[i]);
    }
    return values;
  }

  std::optional<std::string> value_of(std::string_view reference, std::string_view message) const override {
    if (!reference.starts_with('$')) return std::nullopt;
    const auto name = reference.substr(1);
    std::size_t position = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), position);
    if (error == std::errc() && end == name.data() + name.size()) {
      const auto texts = fields_of(message);
      if (position == 0 || position > texts.size()) return std::nullopt;
      return std::string(texts[position - 1]);
    }
    for (auto& [named, value] : extract(message).value_or(FilterPattern::Values{})) {
      if (named == reference) return value;
    }
    return std::nullopt;
  }

 private:
  static bool takes(const Stretch& stretch, const std::vector<std::string_view>& texts, std::size_t start) {
    for (std::size_t i = 0; i < stretch.size(); ++i) {
      if (!stretch[i].takes(texts[start + i])) return false;
    }
    return true;
  }

  // Where each stretch begins; empty if the message does not match. The first stretch stands at the start, the last at
  // the end, and each between them at the first place that it takes.
  std::vector<std::size_t> places(const std::vector<std::string_view>& texts) const {
    std::size_t wanted = 0;
    for (const auto& stretch : stretches) wanted += stretch.size();
    if (texts.size() < wanted || (stretches.size() == 1 && texts.size() != wanted)) return {};
    std::vector<std::size_t> starts;
    std::size_t at = 0;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      const auto& stretch = stretches[i];
      const auto last_start = texts.size() - wanted;
      if (i > 0 && i + 1 == stretches.size()) at = last_start;
      while (!takes(stretch, texts, at)) {
        if (i == 0 || ++at > last_start) return {};
      }
      starts.push_back(at);
      at += stretch.size();
      wanted -= stretch.size();
    }
    return starts;
  }
};

std::string_view read_name(Reader& reader) {
  reader.skip_space();
  return reader.take_while([](char c) { return is_word_character(c) || c == '-'; });
}

// `name op value`; every test of a field names the same one.
std::optional<FieldTest> read_test(Reader& reader, std::string& name) {
  const auto named = read_name(reader);
  if (!name.empty() && named != name) {
    reader.fail("the conditions of one field name another");
    return std::nullopt;
  }
  name = named;
  const auto op = read_operator(reader);
  if (!op) {
    reader.fail("a comparison is missing: = != < > <= >=");
    return std::nullopt;
  }
  auto value = Value::read(reader);
  if (!value) return std::nullopt;
  return FieldTest{*op, std::move(*value)};
}

bool stands_alone(Reader& reader) {
  reader.skip_space();
  return reader.here() == ',' || reader.here() == ']';
}

std::optional<Field> read_field(Reader& reader) {
  Field field;
  Reader ahead = reader;
  field.name = read_name(ahead);
  if (stands_alone(ahead)) {
    reader = ahead;
    return field;
  }
  std::string name;
  const auto test = [&reader, &name] { return read_test(reader, name); };
  field.condition = ConditionReader<FieldTest, decltype(test)>(reader, test).read();
  if (!field.condition) return std::nullopt;
  field.name = name;
  return field;
}

}  // namespace

DialectPointer read_fields(Reader& reader) {
  auto fields = std::make_unique<Fields>();
  reader.take("[");
  do {
    reader.skip_space();
    if (reader.take("...")) {
      fields->stretches.emplace_back();
    } else {
      auto field = read_field(reader);
      if (!field) return nullptr;
      fields->stretches.back().push_back(std::move(*field));
    }
    reader.skip_space();
  } while (reader.take(","));
  if (!reader.take("]")) {
    reader.fail("a ',' or the closing ']' is missing");
    return nullptr;
  }
  return fields;
}

}  // namespace understudy::cloudwatch_logs::pattern
