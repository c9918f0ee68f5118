#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/json.h"
#include "base/near_miss.h"
#include "base/utf8.h"
#include "xray/filter_expression.h"
#include "xray/filter_lexer.h"

namespace understudy::xray {
namespace {

struct KeywordRow {
  std::string_view name;
  FilterKind kind;
  FilterKeyword keyword;
};

// [docs: boolean, number, string and complex keywords]; without case.
constexpr KeywordRow keyword_rows[] = {
    {"ok", FilterKind::flag, FilterKeyword::ok},
    {"error", FilterKind::flag, FilterKeyword::error},
    {"throttle", FilterKind::flag, FilterKeyword::throttle},
    {"fault", FilterKind::flag, FilterKeyword::fault},
    {"partial", FilterKind::flag, FilterKeyword::partial},
    {"inferred", FilterKind::flag, FilterKeyword::inferred},
    {"first", FilterKind::flag, FilterKeyword::first},
    {"last", FilterKind::flag, FilterKeyword::last},
    {"remote", FilterKind::flag, FilterKeyword::remote},
    {"root", FilterKind::flag, FilterKeyword::root},
    {"responsetime", FilterKind::number, FilterKeyword::response_time},
    {"duration", FilterKind::number, FilterKeyword::duration},
    {"http.status", FilterKind::number, FilterKeyword::status},
    {"index", FilterKind::number, FilterKeyword::index},
    {"coverage", FilterKind::number, FilterKeyword::coverage},
    {"http.url", FilterKind::text, FilterKeyword::url},
    {"http.method", FilterKind::text, FilterKeyword::method},
    {"http.useragent", FilterKind::text, FilterKeyword::user_agent},
    {"http.clientip", FilterKind::text, FilterKeyword::client_ip},
    {"user", FilterKind::text, FilterKeyword::user},
    {"name", FilterKind::text, FilterKeyword::name},
    {"type", FilterKind::text, FilterKeyword::type},
    {"message", FilterKind::text, FilterKeyword::message},
    {"availabilityzone", FilterKind::text, FilterKeyword::availability_zone},
    {"instance.id", FilterKind::text, FilterKeyword::instance_id},
    {"resource.arn", FilterKind::text, FilterKeyword::resource_arn},
    {"group.name", FilterKind::group, FilterKeyword::group_name},
    {"group.arn", FilterKind::group, FilterKeyword::group_arn},
    {"service", FilterKind::service, FilterKeyword::none},
    {"edge", FilterKind::edge, FilterKeyword::none},
    {"json", FilterKind::root_cause_json, FilterKeyword::none},
    {"rootcause.json", FilterKind::root_cause_json, FilterKeyword::none},
    {"rootcause.fault.service", FilterKind::root_cause, FilterKeyword::fault_service},
    {"rootcause.fault.entity", FilterKind::root_cause, FilterKeyword::fault_entity},
    {"rootcause.fault.exception", FilterKind::root_cause, FilterKeyword::fault_exception},
    {"rootcause.error.service", FilterKind::root_cause, FilterKeyword::error_service},
    {"rootcause.error.entity", FilterKind::root_cause, FilterKeyword::error_entity},
    {"rootcause.error.exception", FilterKind::root_cause, FilterKeyword::error_exception},
    {"rootcause.responsetime.service", FilterKind::root_cause, FilterKeyword::response_time_service},
    {"rootcause.responsetime.entity", FilterKind::root_cause, FilterKeyword::response_time_entity},
    {"rootcause.responsetime.exception", FilterKind::root_cause, FilterKeyword::response_time_exception},
};

constexpr std::string_view annotation_keyword = "annotation";

struct OperatorRow {
  std::string_view name;
  FilterOperator op;
};
constexpr OperatorRow operator_rows[] = {
    {"=", FilterOperator::equal},
    {"!=", FilterOperator::unequal},
    {"<", FilterOperator::less},
    {"<=", FilterOperator::less_equal},
    {">", FilterOperator::greater},
    {">=", FilterOperator::greater_equal},
    {"CONTAINS", FilterOperator::contains},
    {"BEGINSWITH", FilterOperator::begins_with},
    {"ENDSWITH", FilterOperator::ends_with},
};

bool is_comparison(FilterOperator op) { return op >= FilterOperator::equal && op <= FilterOperator::greater_equal; }
bool is_equality(FilterOperator op) { return op == FilterOperator::equal || op == FilterOperator::unequal; }
bool is_text_test(FilterOperator op) { return is_equality(op) || op >= FilterOperator::contains; }

bool is_word(const Token& token, std::string_view word) {
  return token.kind == TokenKind::word && equals_ignoring_case(token.text, word);
}

std::string shown(const Token& token) {
  return token.kind == TokenKind::end ? "the expression ends" : fmt::format("{} stands there", token.text);
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The key of annotation.KEY or annotation[KEY]; nothing if the word is neither.
std::optional<std::string_view> annotation_key(std::string_view word) {
  if (word.size() <= annotation_keyword.size() ||
      !equals_ignoring_case(word.substr(0, annotation_keyword.size()), annotation_keyword)) {
    return std::nullopt;
  }
  auto key = word.substr(annotation_keyword.size());
  if (key.front() == '.') return key.substr(1);
  if (key.front() != '[' || key.back() != ']') return std::nullopt;
  key = trim(key.substr(1, key.size() - 2));
  if (key.size() > 1 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  return key;
}

// Recursive descent; the first error stands in error_, and everything returns soon after.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : lexer_(text), text_(text) { advance(); }
  std::expected<Filter, FilterError> run();

 private:
  enum class Braces { none, service, root_cause };

  void advance();
  bool failed() const { return error_.has_value(); }
  Filter fail(std::string reason) { return fail_at(token_.position, std::move(reason)); }
  Filter fail_at(std::size_t position, std::string reason);
  bool accept(TokenKind kind);
  bool expect(TokenKind kind, std::string_view what);

  Filter any();
  Filter all();
  Filter unary();
  Filter term();
  Filter keyword(const Token& word, const KeywordRow& row);
  Filter annotation(const Token& word, std::string_view key);
  Filter scoped(Filter made);
  Filter root_cause_json(Filter made);
  FilterSelector selector();
  void id_arguments(FilterSelector& into);
  std::string value(std::string_view of);
  void compare(Filter& into, std::string_view keyword);
  void check(Filter& made, const Token& word, std::size_t op_position);
  bool begins_unary() const;

  FilterLexer lexer_;
  std::string_view text_;
  Token token_;
  std::size_t depth_ = 0;
  Braces braces_ = Braces::none;
  std::optional<FilterError> error_;
};

void FilterParser::advance() {
  token_ = lexer_.next();
  if (token_.kind == TokenKind::error) fail(token_.value);
}

Filter FilterParser::fail_at(std::size_t position, std::string reason) {
  if (!error_) error_ = FilterError{position, 1, 1, std::move(reason)};
  token_ = {};  // nothing more is read
  return {};
}

bool FilterParser::accept(TokenKind kind) {
  if (token_.kind != kind || failed()) return false;
  advance();
  return true;
}

bool FilterParser::expect(TokenKind kind, std::string_view what) {
  if (accept(kind)) return true;
  fail(fmt::format("expected {}, but {}", what, shown(token_)));
  return false;
}

std::expected<Filter, FilterError> FilterParser::run() {
  Filter made;
  if (token_.kind != TokenKind::end) made = any();
  if (token_.kind != TokenKind::end) fail(fmt::format("{} has nothing to close or to follow", token_.text));
  if (!error_) return made;
  for (const char c : text_.substr(0, error_->position)) {
    error_->column = c == '\n' ? 1 : error_->column + (begins_character(c) ? 1 : 0);
    if (c == '\n') ++error_->line;
  }
  return std::unexpected(std::move(*error_));
}

Filter FilterParser::any() {
  Filter first = all();
  if (!is_word(token_, "OR")) return first;
  Filter made;
  made.kind = FilterKind::any;
  made.position = first.position;
  made.parts.push_back(std::move(first));
  while (is_word(token_, "OR")) {
    advance();
    made.parts.push_back(all());
  }
  return made;
}

bool FilterParser::begins_unary() const {
  if (token_.kind == TokenKind::not_ || token_.kind == TokenKind::open) return true;
  return token_.kind == TokenKind::word && !is_word(token_, "OR");
}

// What stands side by side means AND.
Filter FilterParser::all() {
  Filter first = unary();
  if (!begins_unary()) return first;
  Filter made;
  made.kind = FilterKind::all;
  made.position = first.position;
  made.parts.push_back(std::move(first));
  while (begins_unary()) {
    if (is_word(token_, "AND")) advance();
    made.parts.push_back(unary());
  }
  return made;
}

Filter FilterParser::unary() {
  const auto position = token_.position;
  if (token_.kind != TokenKind::not_ && token_.kind != TokenKind::open) return term();
  if (++depth_ > deepest_filter) return fail("more than 64 parentheses, negations and braces within each other");
  Filter made;
  if (accept(TokenKind::not_)) {
    made.kind = FilterKind::negation;
    made.position = position;
    made.parts.push_back(unary());
  } else {
    advance();
    made = any();
    expect(TokenKind::close, "a closing parenthesis");
  }
  --depth_;
  return made;
}

Filter FilterParser::term() {
  const Token word = token_;
  const bool is_link = is_word(word, "AND") || is_word(word, "OR");
  if (word.kind != TokenKind::word || is_link) return fail(fmt::format("expected a keyword, but {}", shown(token_)));
  if (const auto key = annotation_key(word.text)) return annotation(word, *key);
  const auto* row = std::ranges::find_if(
      keyword_rows, [&](const KeywordRow& known) { return equals_ignoring_case(known.name, word.text); });
  if (row != std::end(keyword_rows)) return keyword(word, *row);
  std::vector<std::string_view> names;
  for (const auto& known : keyword_rows) names.push_back(known.name);
  const auto nearest = nearest_name(word.text, names);
  return fail(fmt::format("{} is no keyword{}", word.text,
                          nearest.empty() ? std::string() : fmt::format("; did you mean {}", nearest)));
}

Filter FilterParser::annotation(const Token& word, std::string_view key) {
  if (braces_ != Braces::none) return fail("annotations cannot stand within the braces of service, edge or rootcause");
  if (key.empty()) return fail("expected the key of an annotation");
  Filter made;
  made.kind = FilterKind::annotation;
  made.key = key;
  made.position = word.position;
  advance();
  compare(made, word.text);
  return made;
}

Filter FilterParser::keyword(const Token& word, const KeywordRow& row) {
  Filter made;
  made.kind = row.kind;
  made.keyword = row.keyword;
  made.position = word.position;
  const bool is_complex = made.kind >= FilterKind::service;
  if (is_complex && braces_ != Braces::none) {
    return fail(fmt::format("{} cannot stand within braces", word.text));
  }
  advance();
  if (made.kind == FilterKind::root_cause_json) return root_cause_json(std::move(made));
  if (made.kind == FilterKind::service || made.kind == FilterKind::edge || made.kind == FilterKind::root_cause) {
    return scoped(std::move(made));
  }
  const auto op_position = token_.position;
  compare(made, word.text);
  check(made, word, op_position);
  return made;
}

// service(...), edge(..., ...) and rootcause...., each with an expression in braces or none.
Filter FilterParser::scoped(Filter made) {
  if (made.kind != FilterKind::root_cause) {
    if (!expect(TokenKind::open, "an opening parenthesis")) return made;
    if (made.kind == FilterKind::edge || token_.kind != TokenKind::close) made.from = selector();
    if (made.kind == FilterKind::edge && expect(TokenKind::comma, "a comma and the second service")) {
      made.to = selector();
    }
    if (!expect(TokenKind::close, "a closing parenthesis")) return made;
  }
  if (!accept(TokenKind::open_brace)) return made;
  braces_ = made.kind == FilterKind::root_cause ? Braces::root_cause : Braces::service;
  if (token_.kind != TokenKind::close_brace) made.parts.push_back(any());
  braces_ = Braces::none;
  expect(TokenKind::close_brace, "a closing brace");
  return made;
}

FilterSelector FilterParser::selector() {
  FilterSelector made;
  if (is_word(token_, "id")) {
    advance();
    if (!expect(TokenKind::open, "an opening parenthesis after id")) return made;
    id_arguments(made);
    expect(TokenKind::close, "a closing parenthesis");
  } else {
    made.name = value("the name of a service");
  }
  return made;
}

void FilterParser::id_arguments(FilterSelector& into) {
  do {
    const auto name = token_;
    auto* member = is_word(name, "name")         ? &into.name
                   : is_word(name, "type")       ? &into.type
                   : is_word(name, "account.id") ? &into.account
                                                 : nullptr;
    if (member == nullptr) {
      fail(fmt::format("expected name, type or account.id, but {}", shown(token_)));
      return;
    }
    advance();
    if (!expect(TokenKind::colon, fmt::format("a colon after {}", name.text))) return;
    *member = value(name.text);
  } while (accept(TokenKind::comma));
}

// A string, or one word without quotes.
std::string FilterParser::value(std::string_view of) {
  std::string text;
  if (token_.kind == TokenKind::string) {
    text = token_.value;
  } else if (token_.kind == TokenKind::word) {
    text = token_.text;
  } else {
    fail(fmt::format("expected a value of {}, but {}", of, shown(token_)));
    return text;
  }
  advance();
  return text;
}

Filter FilterParser::root_cause_json(Filter made) {
  if (token_.kind != TokenKind::op || token_.text != "=") {
    return fail(fmt::format("expected = #[...], but {}", shown(token_)));
  }
  made.op = FilterOperator::equal;
  advance();
  if (token_.kind != TokenKind::json) return fail(fmt::format("expected #[...], but {}", shown(token_)));
  JsonReader reader;
  const auto read = reader.read(token_.text);
  if (!read) return fail_at(token_.position + read.error().offset, read.error().reason);
  made.json = std::make_shared<const nlohmann::json>(to_ordered_json(*read));
  advance();
  return made;
}

// An operator and its value, if there is one; a keyword alone asks whether it is there.
void FilterParser::compare(Filter& into, std::string_view keyword) {
  const auto* row = std::ranges::find_if(operator_rows, [&](const OperatorRow& known) {
    if (token_.kind == TokenKind::op) return known.name == token_.text;
    return is_word(token_, known.name);
  });
  if (row == std::end(operator_rows)) return;
  into.op = row->op;
  advance();
  const bool is_quoted = token_.kind == TokenKind::string;
  into.text = value(keyword);
  if (is_quoted) return;
  into.number = number_in(into.text);
  if (equals_ignoring_case(into.text, "true")) into.flag = true;
  if (equals_ignoring_case(into.text, "false")) into.flag = false;
}

// Whether operator and value fit the keyword.
void FilterParser::check(Filter& made, const Token& word, std::size_t op_position) {
  if (failed() || made.op == FilterOperator::exists) {
    if (made.kind == FilterKind::group && !failed()) fail(fmt::format("expected = after {}", word.text));
    return;
  }
  const auto refuse = [&](std::string_view what) { fail_at(op_position, fmt::format("{} {}", word.text, what)); };
  switch (made.kind) {
    case FilterKind::flag:
      if (!is_equality(made.op)) refuse("is true or false: compare it with = or !=");
      if (!made.flag) refuse("is compared with true or false");
      break;
    case FilterKind::number:
      if (!is_comparison(made.op)) refuse("is a number: compare it with =, !=, <, <=, > or >=");
      if (!made.number) refuse("is compared with a number");
      break;
    case FilterKind::group:
      if (!is_equality(made.op)) refuse("is compared with =");
      break;
    default:
      if (!is_text_test(made.op)) refuse("is a string: use =, !=, CONTAINS, BEGINSWITH or ENDSWITH");
  }
}

constexpr int deepest_group = 8;  // groups whose expressions name groups

std::expected<void, std::string> replace_groups(Filter& filter, const FindGroup& find, int depth) {
  if (filter.kind != FilterKind::group) {
    for (auto& part : filter.parts) {
      if (auto done = replace_groups(part, find, depth); !done) return done;
    }
    return {};
  }
  const auto expression = find(filter.keyword, filter.text);
  if (!expression) return std::unexpected(fmt::format("there is no group {}", filter.text));
  if (depth == deepest_group) return std::unexpected(fmt::format("group {} names itself", filter.text));
  auto parsed = parse_filter(*expression);
  if (!parsed) return std::unexpected(fmt::format("group {}: {}", filter.text, parsed.error().text()));
  if (auto done = replace_groups(*parsed, find, depth + 1); !done) return done;
  if (filter.op == FilterOperator::unequal) {
    Filter negation;
    negation.kind = FilterKind::negation;
    negation.parts.push_back(std::move(*parsed));
    filter = std::move(negation);
  } else {
    filter = std::move(*parsed);
  }
  return {};
}

}  // namespace

std::string FilterError::text() const { return fmt::format("line {}, column {}: {}", line, column, reason); }

std::expected<Filter, FilterError> parse_filter(std::string_view text) { return FilterParser(text).run(); }

std::expected<Filter, std::string> with_groups(Filter filter, const FindGroup& find) {
  if (auto done = replace_groups(filter, find, 0); !done) return std::unexpected(done.error());
  return filter;
}

}  // namespace understudy::xray
