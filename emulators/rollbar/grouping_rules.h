// Rules by which a project groups its items itself: conditions over a payload, and the fingerprint and title that an
// item takes which fulfils one. [docs: Custom Grouping] The first rule that holds counts.
#pragma once

#include <expected>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}
namespace simdjson::dom {
class element;
}

namespace understudy::rollbar {

struct RuleCondition {
  enum class Kind { any, all, none, equals, in, contains, contains_without_case, starts_with, ends_with, less, regex };
  using Value = std::variant<double, std::string>;

  Kind kind = Kind::all;
  std::vector<RuleCondition> parts;  // any, all, none
  std::string path;                  // of the others: "body.trace.exception.class", a step "*" is any
  std::vector<Value> values;         // in: several; less: the bound
  bool negated = false;              // neq, nin, ncontains
  bool or_equal = false;             // less: lte
  bool reversed = false;             // less: gt and gte
  std::shared_ptr<const re2::RE2> regex;
};

struct GroupingRule {
  RuleCondition condition;
  std::string fingerprint;  // templates, still with what is only known when an item is filed
  std::string title;        // empty: the title stays
};

// What a rule made of one payload: `{{ path }}` is filled in, `{{ default_fingerprint }}` and `{{ default_title }}` are
// left to with_defaults().
struct Regrouped {
  std::string fingerprint;
  std::string title;
};

class GroupingRules {
 public:
  // [{"condition":{...},"fingerprint":"...","title":"..."?}, ...]; says what is wrong with it.
  static std::expected<GroupingRules, std::string> parse(const nlohmann::json& rules);

  bool empty() const { return rules_.empty(); }
  // `data` of a payload that the schema accepted; nothing where no rule holds.
  std::optional<Regrouped> apply(const simdjson::dom::element& data) const;
  const std::string& text() const { return text_; }  // the rules as they were given, for the dump of a state

 private:
  std::vector<GroupingRule> rules_;
  std::string text_;
};

std::string with_defaults(std::string_view pattern, std::string_view fingerprint, std::string_view title);

}  // namespace understudy::rollbar
