#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/ascii.h"
#include "base/bytes.h"
#include "rollbar/rql.h"

namespace understudy::rollbar::rql {

namespace {

constexpr std::uint64_t most_rows = 1000;
constexpr int most_depth = 50;

struct Token {
  enum class Kind { word, number, text, mark, end } kind = Kind::end;
  std::string text;
  std::size_t at = 0;
};

bool is_of_word(char c) { return is_alphanumeric(c) || c == '_' || c == '.'; }

std::expected<std::vector<Token>, std::string> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t end = i + 1;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      i = end;
      continue;
    }
    if (c == '\'' || c == '"' || c == '`') {
      end = text.find(c, i + 1);
      if (end == text.npos) return std::unexpected(fmt::format("the quote at character {} is not closed", i + 1));
      const auto kind = c == '`' ? Token::Kind::word : Token::Kind::text;
      tokens.push_back({kind, std::string(text.substr(i + 1, end - i - 1)), i});
      i = end + 1;
      continue;
    }
    Token::Kind kind = Token::Kind::mark;
    if (is_of_word(c)) {
      while (end < text.size() && is_of_word(text[end])) ++end;
      kind = is_digit(c) ? Token::Kind::number : Token::Kind::word;
    } else if (const std::string_view two = text.substr(i, 2);
               two == "!=" || two == "<>" || two == "<=" || two == ">=") {
      end = i + 2;
    }
    tokens.push_back({kind, std::string(text.substr(i, end - i)), i});
    i = end;
  }
  tokens.push_back({Token::Kind::end, "", text.size()});
  return tokens;
}

// A fault is remembered where it is met first; what is read after it does not count.
class Parser {
 public:
  Parser(std::vector<Token> tokens, std::int64_t now) : tokens_(std::move(tokens)), now_(now) {}

  std::expected<Query, std::string> take() {
    Query query;
    expect("select");
    if (accept("*")) {
      query.all_columns = true;
    } else {
      do query.columns.push_back(column());
      while (accept(","));
    }
    expect("from");
    if (const std::string table = name(); !equals_ignoring_case(table, "item_occurrence")) {
      fail(fmt::format("the table \"{}\" is not known, item_occurrence is", table));
    }
    if (accept("where")) query.where = any(0);
    if (accept("group")) {
      expect("by");
      do query.group_by.push_back(name());
      while (accept(","));
    }
    if (accept("order")) {
      expect("by");
      do query.order_by.push_back(order());
      while (accept(","));
    }
    if (accept("limit")) limit(query);
    if (query.all_columns && query.is_grouped()) fail("\"*\" has no groups: name the columns");
    if (here().kind != Token::Kind::end) fail(fmt::format("\"{}\" is not expected", here().text));
    if (!fault_.empty()) return std::unexpected(fault_);
    return query;
  }

 private:
  const Token& here() const { return tokens_[next_]; }
  void step() { next_ += here().kind == Token::Kind::end ? 0 : 1; }
  void fail(const std::string& what) {
    if (fault_.empty()) fault_ = fmt::format("{}, at character {}", what, here().at + 1);
  }
  bool accept(std::string_view word) {
    const bool fits = here().kind != Token::Kind::text && equals_ignoring_case(here().text, word) && !word.empty();
    if (fits) step();
    return fits;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail(fmt::format("\"{}\" is expected", word));
  }
  std::string name() {
    if (here().kind != Token::Kind::word) {
      fail("a name is expected");
      return {};
    }
    std::string text = here().text;
    step();
    return text;
  }

  Column column() {
    Column column;
    column.path = column.name = name();
    if (accept("(")) function(column);
    if (accept("as")) column.name = name();
    return column;
  }

  void function(Column& column) {
    struct Known {
      std::string_view name;
      Column::Function function;
    };
    static constexpr Known known[] = {{"count", Column::Function::count},
                                      {"min", Column::Function::min},
                                      {"max", Column::Function::max},
                                      {"sum", Column::Function::sum},
                                      {"avg", Column::Function::average}};
    const std::string called = column.path;
    for (const Known& row : known) {
      if (equals_ignoring_case(called, row.name)) column.function = row.function;
    }
    if (column.function == Column::Function::none) fail(fmt::format("the function \"{}\" is not built", called));
    const bool is_distinct = accept("distinct");
    if (is_distinct && column.function == Column::Function::count) column.function = Column::Function::count_distinct;
    column.path = accept("*") ? std::string() : name();
    expect(")");
    column.name =
        fmt::format("{}({}{})", called, is_distinct ? "distinct " : "", column.path.empty() ? "*" : column.path);
  }

  Order order() {
    Order order{.name = name()};
    if (accept("(")) {  // as the column is called: count(*)
      order.name += accept("distinct") ? "(distinct " : "(";
      order.name += accept("*") ? "*" : name();
      order.name += ")";
      expect(")");
    }
    order.descending = accept("desc");
    if (!order.descending) accept("asc");
    return order;
  }

  void limit(Query& query) {
    query.limit = whole();
    if (accept(",")) {
      query.offset = query.limit;
      query.limit = whole();
    }
    if (accept("offset")) query.offset = whole();
    query.limit = std::min(query.limit, most_rows);
  }

  std::uint64_t whole() {
    std::uint64_t number = 0;
    const std::string& text = here().text;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) fail("a number is expected");
    step();
    return number;
  }

  // ---- conditions

  Condition joined(Condition::Kind kind, std::vector<Condition> parts) {
    if (parts.size() == 1) return std::move(parts[0]);
    Condition condition;
    condition.kind = kind;
    condition.parts = std::move(parts);
    return condition;
  }
  Condition any(int depth) {
    std::vector<Condition> parts;
    do parts.push_back(all(depth));
    while (accept("or"));
    return joined(Condition::Kind::any, std::move(parts));
  }
  Condition all(int depth) {
    std::vector<Condition> parts;
    do parts.push_back(one(depth));
    while (accept("and"));
    return joined(Condition::Kind::all, std::move(parts));
  }
  Condition negated(Condition condition) {
    Condition negation;
    negation.kind = Condition::Kind::negation;
    negation.parts.push_back(std::move(condition));
    return negation;
  }

  Condition one(int depth) {
    if (depth > most_depth) {
      fail("conditions are nested too deep");
      return {};
    }
    if (accept("not")) return negated(one(depth + 1));
    if (accept("(")) {
      Condition inner = any(depth + 1);
      expect(")");
      return inner;
    }
    Condition condition;
    condition.path = name();
    if (accept("is")) {
      const bool is_not = accept("not");
      expect("null");
      condition.kind = Condition::Kind::is_null;
      return is_not ? negated(std::move(condition)) : condition;
    }
    const bool is_not = accept("not");
    if (accept("in")) {
      condition.kind = Condition::Kind::in;
      expect("(");
      do condition.values.push_back(value());
      while (accept(","));
      expect(")");
    } else if (accept("like")) {
      condition.kind = Condition::Kind::like;
      condition.values.push_back(value());
    } else if (accept("between")) {
      return between(std::move(condition), is_not);
    } else {
      comparison(condition);
    }
    return is_not ? negated(std::move(condition)) : condition;
  }

  Condition between(Condition low, bool is_not) {
    low.kind = Condition::Kind::comparison;
    Condition high = low;
    low.op = ">=";
    high.op = "<=";
    low.values.push_back(value());
    expect("and");
    high.values.push_back(value());
    Condition both = joined(Condition::Kind::all, {low, high});
    return is_not ? negated(std::move(both)) : both;
  }

  void comparison(Condition& condition) {
    condition.kind = Condition::Kind::comparison;
    for (const std::string_view op : {"=", "!=", "<>", "<=", ">=", "<", ">"}) {
      if (!accept(op)) continue;
      condition.op = op == "<>" ? "!=" : op;
      condition.values.push_back(value());
      return;
    }
    fail("a comparison is expected");
  }

  // A text, or numbers added, subtracted and multiplied: "unix_timestamp() - 60 * 60".
  Value value() {
    if (here().kind == Token::Kind::text) {
      Value text = here().text;
      step();
      return text;
    }
    if (accept("true")) return 1.0;
    if (accept("false")) return 0.0;
    double sum = product();
    while (true) {
      if (accept("+")) {
        sum += product();
      } else if (accept("-")) {
        sum -= product();
      } else {
        return sum;
      }
    }
  }
  double product() {
    double product = number();
    while (accept("*")) product *= number();
    return product;
  }
  double number() {
    if (accept("-")) return -number_without_sign();
    return number_without_sign();
  }
  double number_without_sign() {
    if (accept("unix_timestamp")) {
      expect("(");
      expect(")");
      return static_cast<double>(now_);
    }
    double number = 0;
    const std::string& text = here().text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (here().kind != Token::Kind::number || error != std::errc() || end != text.data() + text.size()) {
      fail("a value is expected");
    }
    step();
    return number;
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::int64_t now_;
  std::string fault_;
};

}  // namespace

bool Query::is_grouped() const {
  return !group_by.empty() ||
         std::ranges::any_of(columns, [](const Column& one) { return one.function != Column::Function::none; });
}

std::expected<Query, std::string> parse(std::string_view text, std::int64_t now) {
  auto tokens = tokens_of(text);
  if (!tokens) return std::unexpected(tokens.error());
  return Parser(std::move(*tokens), now).take();
}

}  // namespace understudy::rollbar::rql
