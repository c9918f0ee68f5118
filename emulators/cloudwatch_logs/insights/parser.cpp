#include "cloudwatch_logs/insights/parser.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "cloudwatch_logs/insights/expression_parser.h"
#include "cloudwatch_logs/insights/functions.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

constexpr std::size_t most_commands = 100;
constexpr std::size_t most_rows = 100'000;  // [docs]

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text), expressions_(lexer_, symbols_) {}

  std::expected<Query, QueryError> parse();

 private:
  using Read = bool (Parser::*)();
  struct Row {
    std::string_view word;
    Read read;  // null: not built here
  };
  static const Row rows[];

  bool read_command();
  bool read_fields() { return read_columns(false); }
  bool read_display() { return read_columns(true); }
  bool read_columns(bool only_these);
  bool read_filter();
  bool read_stats();
  bool read_sort();
  bool read_limit();
  bool read_tail();
  bool read_rows(bool last);
  bool read_parse();
  bool read_glob(Parse& parse);
  bool read_groups(Parse& parse);
  bool read_dedup();
  bool read_unnest();
  bool read_pattern();
  bool read_assignments(std::vector<Assignment>& into, std::vector<Column>& columns);
  std::optional<std::string> read_alias();
  std::size_t define_column(std::string_view name);
  void show(std::vector<Column> columns);
  bool fail_unexpected() {
    expressions_.fail_unexpected();
    return false;
  }

  Lexer lexer_;
  Symbols symbols_;
  ExpressionParser expressions_;
  Query query_;
  std::vector<Column> parsed_;
  bool chosen_ = false;     // fields or display stood there
  bool displayed_ = false;  // display stood there: it wins over fields
};

const Parser::Row Parser::rows[] = {
    {"fields", &Parser::read_fields},
    {"display", &Parser::read_display},
    {"filter", &Parser::read_filter},
    {"stats", &Parser::read_stats},
    {"sort", &Parser::read_sort},
    {"order", &Parser::read_sort},
    {"limit", &Parser::read_limit},
    {"head", &Parser::read_limit},
    {"tail", &Parser::read_tail},
    {"parse", &Parser::read_parse},
    {"dedup", &Parser::read_dedup},
    {"unnest", &Parser::read_unnest},
    {"pattern", &Parser::read_pattern},
    {"search", nullptr},
    {"source", nullptr},
    {"diff", nullptr},
    {"anomaly", nullptr},
    {"join", nullptr},
    {"lookup", nullptr},
    {"filterindex", nullptr},
};

std::expected<Query, QueryError> Parser::parse() {
  while (lexer_.take_symbol("|")) {
  }
  if (lexer_.peek().kind != Token::Kind::end) {
    do {
      if (query_.commands.size() >= most_commands) {
        expressions_.fail({"The query has too many commands", lexer_.peek().start, lexer_.text().size()});
      }
      if (!expressions_.error() && read_command() && lexer_.peek().kind != Token::Kind::end && !lexer_.is_symbol("|")) {
        expressions_.fail_unexpected();
      }
      if (expressions_.error()) return std::unexpected(*expressions_.error());
    } while (lexer_.take_symbol("|"));
  }
  if (!chosen_ && query_.of_events) {
    show({{"@timestamp", *symbols_.find("@timestamp")}, {"@message", *symbols_.find("@message")}});
  }
  // What parse found is shown beside what was chosen [guess].
  if (!displayed_) show(std::move(parsed_));
  query_.slots = std::move(symbols_).names();
  return std::move(query_);
}

bool Parser::read_command() {
  const auto& token = lexer_.peek();
  for (const auto& row : rows) {
    if (!lexer_.is_word(row.word)) continue;
    if (row.read == nullptr) {
      expressions_.fail({fmt::format("The command '{}' is not supported", token.text), token.start, token.end, true});
      return false;
    }
    lexer_.take();
    return (this->*row.read)();
  }
  if (token.kind != Token::Kind::name) return fail_unexpected();
  // [snapshot: issues quote the list of words]
  expressions_.fail({fmt::format("mismatched input '{}' expecting {{K_PARSE, K_SEARCH, K_FIELDS, K_DISPLAY, K_FILTER, "
                                 "K_STATS, K_SORT, K_ORDER, K_HEAD, K_LIMIT, K_TAIL}}",
                                 token.text),
                     token.start, token.end});
  return false;
}

std::optional<std::string> Parser::read_alias() {
  const auto kind = lexer_.peek().kind;
  if (kind == Token::Kind::name || kind == Token::Kind::quoted_name) return lexer_.take().text;
  fail_unexpected();
  return std::nullopt;
}

bool Parser::read_assignments(std::vector<Assignment>& into, std::vector<Column>& columns) {
  do {
    auto expression = expressions_.read();
    if (!expression) return false;
    std::string name = expression->text;
    const bool renamed = lexer_.take_word("as");
    if (renamed) {
      auto alias = read_alias();
      if (!alias) return false;
      name = std::move(*alias);
    }
    if (!renamed && expression->operation == Operation::field) {
      if (name.starts_with('`') && name.size() > 1) name = name.substr(1, name.size() - 2);
      columns.push_back({std::move(name), expression->slot});
      continue;
    }
    const auto slot = symbols_.define(name);
    columns.push_back({std::move(name), slot});
    into.push_back({slot, std::move(*expression)});
  } while (lexer_.take_symbol(","));
  return true;
}

// A column that was shown before keeps its place.
void Parser::show(std::vector<Column> columns) {
  for (auto& column : columns) {
    const auto known = std::ranges::find(query_.columns, column.name, &Column::name);
    if (known == query_.columns.end()) {
      query_.columns.push_back(std::move(column));
    } else {
      known->slot = column.slot;
    }
  }
}

bool Parser::read_columns(bool only_these) {
  Fields fields;
  std::vector<Column> columns;
  if (!read_assignments(fields.assignments, columns)) return false;
  if (only_these) query_.columns.clear();
  if (only_these || !displayed_) show(std::move(columns));
  chosen_ = true;
  displayed_ = displayed_ || only_these;
  if (!fields.assignments.empty()) query_.commands.emplace_back(std::move(fields));
  return true;
}

bool Parser::read_filter() {
  auto condition = expressions_.read();
  if (!condition) return false;
  query_.commands.emplace_back(Filter{std::move(*condition)});
  return true;
}

bool Parser::read_stats() {
  Stats stats;
  // Names of this stats become known one by one, and are all that is known behind it.
  std::vector<Column> columns;
  expressions_.collect_aggregates(&stats.aggregates);
  const auto before = stats.aggregates.size();
  const auto start = lexer_.peek().start;
  const bool read = read_assignments(stats.terms, columns);
  expressions_.collect_aggregates(nullptr);
  if (!read) return false;
  if (stats.aggregates.size() == before) {
    expressions_.fail({"stats needs an aggregate function", start, lexer_.behind_last()});
    return false;
  }
  std::vector<Column> key_columns;
  if (lexer_.take_word("by")) {
    do {
      auto expression = expressions_.read();
      if (!expression) return false;
      std::string name = expression->text;
      if (lexer_.take_word("as")) {
        auto alias = read_alias();
        if (!alias) return false;
        name = std::move(*alias);
      } else if (name.starts_with('`') && name.size() > 1) {
        name = name.substr(1, name.size() - 2);
      }
      key_columns.push_back({name, 0});
      stats.keys.push_back({0, std::move(*expression)});
    } while (lexer_.take_symbol(","));
  }
  symbols_.close();
  for (std::size_t i = 0; i < key_columns.size(); ++i) {
    key_columns[i].slot = stats.keys[i].slot = symbols_.define(key_columns[i].name);
  }
  for (auto& column : columns) column.slot = symbols_.define(column.name);
  query_.columns = std::move(key_columns);
  query_.columns.insert(query_.columns.end(), columns.begin(), columns.end());
  query_.of_events = false;
  parsed_.clear();
  chosen_ = displayed_ = false;
  query_.commands.emplace_back(std::move(stats));
  return true;
}

bool Parser::read_sort() {
  if (lexer_.take_word("by")) {
    // "order by"
  }
  Sort sort;
  do {
    auto expression = expressions_.read();
    if (!expression) return false;
    bool descending = lexer_.take_word("desc");
    if (!descending) lexer_.take_word("asc");
    sort.keys.push_back({std::move(*expression), descending});
  } while (lexer_.take_symbol(","));
  query_.commands.emplace_back(std::move(sort));
  return true;
}

bool Parser::read_limit() { return read_rows(false); }
bool Parser::read_tail() { return read_rows(true); }

bool Parser::read_rows(bool last) {
  const auto number =
      lexer_.peek().kind == Token::Kind::number ? Value::text(lexer_.peek().text).as_number() : std::nullopt;
  if (!number || *number < 1 || *number > static_cast<double>(most_rows)) return fail_unexpected();
  lexer_.take();
  query_.has_limit = true;
  query_.commands.emplace_back(Limit{static_cast<std::size_t>(*number), last});
  return true;
}

bool Parser::read_parse() {
  Parse parse;
  if (lexer_.peek().kind == Token::Kind::text || lexer_.at_regex()) {
    const auto message = symbols_.find("@message");
    if (!message) return fail_unexpected();
    parse.of.operation = Operation::field;
    parse.of.slot = *message;
  } else {
    // A name: '/' behind it begins the expression and does not divide.
    const auto kind = lexer_.peek().kind;
    if (kind != Token::Kind::name && kind != Token::Kind::quoted_name) return fail_unexpected();
    const auto name = lexer_.take();
    const auto slot = symbols_.find(name.text);
    if (!slot) {
      expressions_.fail({fmt::format("Unknown symbols found in or after stats: {}", name.text), name.start, name.end});
      return false;
    }
    parse.of.operation = Operation::field;
    parse.of.slot = *slot;
  }
  if (lexer_.at_regex() ? !read_groups(parse) : !read_glob(parse)) return false;
  query_.commands.emplace_back(std::move(parse));
  return true;
}

std::size_t Parser::define_column(std::string_view name) {
  const auto slot = symbols_.define(name);
  parsed_.push_back({std::string(name), slot});
  return slot;
}

bool Parser::read_glob(Parse& parse) {
  if (lexer_.peek().kind != Token::Kind::text) return fail_unexpected();
  const auto glob = lexer_.take();
  parse.literals.emplace_back();
  for (const char c : glob.text) {
    if (c == '*') {
      parse.literals.emplace_back();
    } else {
      parse.literals.back() += c;
    }
  }
  if (!lexer_.take_word("as")) return fail_unexpected();
  do {
    const auto alias = read_alias();
    if (!alias) return false;
    parse.slots.push_back(define_column(*alias));
  } while (lexer_.take_symbol(","));
  if (parse.slots.size() + 1 == parse.literals.size()) return true;
  expressions_.fail({fmt::format("Mismatched number of aliases and wildcards: {} and {}", parse.slots.size(),
                                 parse.literals.size() - 1),
                     glob.start, lexer_.behind_last()});
  return false;
}

bool Parser::read_groups(Parse& parse) {
  const auto start = lexer_.peek().start;
  parse.regex = expressions_.read_regex();
  if (!parse.regex) return false;
  for (const auto& [group, name] : parse.regex->CapturingGroupNames()) {
    parse.groups.push_back(group);
    parse.slots.push_back(define_column(name));
  }
  if (!parse.groups.empty()) return true;
  expressions_.fail({"The regular expression of parse needs a named group", start, lexer_.behind_last()});
  return false;
}

bool Parser::read_dedup() {
  Dedup dedup;
  do {
    auto key = expressions_.read();
    if (!key) return false;
    dedup.keys.push_back(std::move(*key));
  } while (lexer_.take_symbol(","));
  query_.commands.emplace_back(std::move(dedup));
  return true;
}

bool Parser::read_unnest() {
  auto of = expressions_.read();
  if (!of) return false;
  if (!lexer_.take_word("into")) return fail_unexpected();
  const auto alias = read_alias();
  if (!alias) return false;
  query_.commands.emplace_back(Unnest{std::move(*of), define_column(*alias)});
  return true;
}

bool Parser::read_pattern() {
  auto of = expressions_.read();
  if (!of) return false;
  symbols_.close();
  Pattern pattern{std::move(*of), symbols_.define("@pattern"), symbols_.define("@ratio"),
                  symbols_.define("@sampleCount")};
  query_.columns = {
      {"@pattern", pattern.pattern_slot}, {"@ratio", pattern.ratio_slot}, {"@sampleCount", pattern.count_slot}};
  query_.of_events = false;
  parsed_.clear();
  chosen_ = displayed_ = false;
  query_.commands.emplace_back(std::move(pattern));
  return true;
}

}  // namespace

std::expected<Query, QueryError> parse_query(std::string_view text) { return Parser(text).parse(); }

}  // namespace understudy::cloudwatch_logs::insights
