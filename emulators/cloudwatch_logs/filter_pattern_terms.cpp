// Terms: `ERROR ARGUMENTS`, `?ERROR ?WARN`, `ERROR -"out of memory"`, `%4[0-9]{2}%`. Each is looked for anywhere in the
// message, case and all.
#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/filter_pattern_condition.h"
#include "cloudwatch_logs/filter_pattern_dialects.h"

namespace understudy::cloudwatch_logs::pattern {
namespace {

struct Term {
  std::string text;
  std::optional<Regex> regex;

  bool is_in(std::string_view message) const { return regex ? regex->is_in(message) : message.contains(text); }
};

class Terms final : public FilterPattern::Dialect {
 public:
  std::vector<Term> wanted;
  std::vector<Term> unwanted;
  std::vector<Term> optional;  // written with '?': one of them must be there

  bool matches(std::string_view message) const override {
    const auto is_in = [&](const Term& term) { return term.is_in(message); };
    if (!std::ranges::all_of(wanted, is_in) || std::ranges::any_of(unwanted, is_in)) return false;
    // Beside terms of the other kinds the optional ones are ignored [docs].
    return optional.empty() || !wanted.empty() || !unwanted.empty() || std::ranges::any_of(optional, is_in);
  }

  std::optional<FilterPattern::Values> extract(std::string_view message) const override {
    if (!matches(message)) return std::nullopt;
    return FilterPattern::Values{};
  }

  std::optional<std::string> value_of(std::string_view, std::string_view) const override { return std::nullopt; }
};

std::optional<Term> read_term(Reader& reader) {
  Term term;
  if (reader.here() == '%') {
    term.regex = Regex::read(reader);
    if (!term.regex) return std::nullopt;
    return term;
  }
  if (reader.here() == '"') {
    auto text = reader.quoted();
    if (!text) return std::nullopt;
    term.text = std::move(*text);
    return term;
  }
  const auto start = reader.position();
  const auto word = reader.take_while([](char c) { return !is_space(c); });
  if (word.empty() || !std::ranges::all_of(word, is_word_character)) {
    // The text as users quote it from the service [snapshot: questions about FilterLogEvents].
    reader.fail_with(fmt::format("Invalid character(s) in term '{}'", word),
                     "a term of other characters than letters, digits and _ needs quotes", start);
    return std::nullopt;
  }
  term.text = word;
  return term;
}

}  // namespace

DialectPointer read_terms(Reader& reader) {
  auto terms = std::make_unique<Terms>();
  for (reader.skip_space(); !reader.at_end(); reader.skip_space()) {
    auto* into = &terms->wanted;
    if (reader.take("?")) {
      into = &terms->optional;
    } else if (reader.take("-")) {
      into = &terms->unwanted;
    }
    auto term = read_term(reader);
    if (!term) return nullptr;
    into->push_back(std::move(*term));
    if (!reader.at_end() && !is_space(reader.here())) {
      reader.fail("a space is missing between two terms");
      return nullptr;
    }
  }
  return terms;
}

}  // namespace understudy::cloudwatch_logs::pattern
