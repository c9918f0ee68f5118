// Reading contracts; and that the published schema takes what the reader takes, and refuses what it refuses.
#include "contract/contract.h"

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>

#include "tests/contract/schema.h"
#include "tests/places.h"

namespace understudy::contract {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::filesystem::path root = places::source;

// As an editor with the schema sees it.
json json_of(const YAML::Node& node) {
  if (node.IsScalar()) {
    if (node.Tag() == "!") return node.Scalar();
    json value = json::parse(node.Scalar(), nullptr, false);
    return value.is_discarded() ? json(node.Scalar()) : value;
  }
  json value = node.IsSequence() ? json::array() : json::object();
  if (node.IsNull()) return nullptr;
  for (const auto& child : node) {
    if (node.IsSequence()) value.push_back(json_of(child));
    if (node.IsMap()) value[child.first.Scalar()] = json_of(child.second);
  }
  return value;
}

const Schema& schema() {
  static const Schema read(json::parse(std::ifstream(root / "docs/contract.schema.json")));
  return read;
}

struct Case {
  std::string yaml;
  std::string error;         // of the reader; empty: it takes it
  bool only_reader = false;  // a schema cannot say this
};

void PrintTo(const Case& one, std::ostream* os) { *os << one.yaml; }

class Contracts : public testing::TestWithParam<Case> {};

TEST_P(Contracts, AreReadAndDescribedAlike) {
  const Case& one = GetParam();
  const auto read = read_contract(one.yaml, "c.yaml");
  EXPECT_EQ(read ? "" : read.error(), one.error);
  if (one.only_reader) return;
  const std::string why = schema().check(json_of(YAML::Load(one.yaml)));
  EXPECT_EQ(why.empty(), one.error.empty()) << why;
}

INSTANTIATE_TEST_SUITE_P(
    Good, Contracts,
    testing::Values(
        Case{"{version: 1, findings: {}}", ""}, Case{"{version: 1, findings: {not_above: error, allow: [a.b]}}", ""},
        Case{"{version: 1, findings: {expect: [a.b]}}", ""}, Case{"{version: 1, expect: [{that: x, kind: span}]}", ""},
        Case{"{version: 1, expect: [{that: x, kind: span, parent_of: [name = a]}]}", ""},
        Case{"{version: 1, expect: [{that: x, kind: checkpoint}]}", ""},
        Case{"{version: 1, expect: [{that: x, vendor: xray, count: never}]}", ""},
        Case{"{version: 1, expect: [{that: x, vendor: xray, count: {exactly: 2}}]}", ""},
        Case{"{version: 1, expect: [{that: x, vendor: xray, count: {min: 2, max: 3}}]}", ""},
        Case{"{version: 1, expect: [{that: x, vendor: xray, where: [{field: a, op: in, value: [1, 2]}]}]}", ""},
        Case{"{version: 1, expect: [{that: x, vendor: xray, attributes: {a: {value: [1]}, b: text}}]}", ""},
        Case{"{version: 1, expect: [{that: x, vendor: xray, child_of: [a exists], in_order: [[a = 1]]}]}", ""}));

INSTANTIATE_TEST_SUITE_P(
    Bad, Contracts,
    testing::Values(
        Case{"{}", "c.yaml:1:1: a contract needs \"version: 1\""},
        Case{"{version: 2, findings: {}}", "c.yaml:1:11: this program reads contracts of version 1"},
        Case{"version: 1", "c.yaml:1:1: a contract needs \"expect\" or \"findings\""},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, cuont: 2}",
             "c.yaml:3:25: an expectation has no member \"cuont\": write \"count\""},
        Case{"version: 1\nexpect:\n- {kind: span}",
             "c.yaml:3:3: an expectation needs \"that\": what it says, in a sentence"},
        Case{"version: 1\nexpect:\n- {that: x}", "c.yaml:3:3: an expectation needs a vendor or a kind"},
        Case{"version: 1\nexpect:\n- {that: x, vendor: honycomb}",
             "c.yaml:3:21: \"honycomb\" is no vendor: write \"honeycomb\""},
        Case{"version: 1\nexpect:\n- {that: x, kind: spans, count: never}",
             "c.yaml:3:19: \"spans\" is no kind of record: write \"span\"", true},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, parent_of: name = a}",
             "c.yaml:3:36: \"parent_of\" must be a list of conditions, such as [name = home, duration_ms < 100]"},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, count: some}",
             "c.yaml:3:32: a count is a whole number, never, {exactly: n} or {min: n, max: n}, not \"some\""},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, count: {min: -1}}",
             "c.yaml:3:38: \"min\" must be a whole number from 0 on, not \"-1\""},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, count: {min: 3, max: 2}}",
             "c.yaml:3:32: min 3 is above max 2", true},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, where: [name]}",
             "c.yaml:3:33: condition \"name\" has no operator: write a field, an operator and a value: name = home",
             true},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, where: name = a}",
             "c.yaml:3:32: \"where\" must be a list of conditions, such as [name = home, duration_ms < 100]"},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, where: [{field: a, op: like, value: b}]}",
             "c.yaml:3:33: there is no operator \"like\": write \"contains\""},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, attributes: {a: string}}",
             "c.yaml:3:41: \"string\" is no type: use one of text, integer, number, boolean, list, object"},
        Case{"version: 1\nexpect:\n- {that: x, kind: span, attributes: {a: {}}}",
             "c.yaml:3:41: an attribute needs a type, a value or both"},
        Case{"version: 1\nfindings: {not_above: warn}", "c.yaml:2:23: \"warn\" is no severity: write \"warning\""},
        Case{"version: 1\nfindings: {allow: a}", "c.yaml:2:19: \"allow\" must be a list of finding ids"},
        Case{"version: 1\nfindings: {expect: a}", "c.yaml:2:20: \"expect\" must be a list of finding ids"}));

TEST(Contract, NamesLineAndColumnOfWhatIsNoYaml) {
  const auto read = read_contract("version: 1\nexpect: [", "c.yaml");
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error(), HasSubstr("c.yaml:2:"));
  EXPECT_FALSE(read_contract("", "c.yaml").has_value());
  EXPECT_FALSE(read_contract("version: 1\nversion: 1\nfindings: {}", "c.yaml").has_value());
  EXPECT_FALSE(
      read_contract("{version: 1, expect: [{that: x, kind: s, where: [&a {field: x, op: in, value: [*a]}]}]}", "c")
          .has_value());
}

TEST(Contract, KeepsQuotedScalarsAsText) {
  const auto read = read_contract(
      "{version: 1, expect: [{that: x, kind: span, attributes: {a: {value: '3'}, b: {value: 3}, c: {value: true}}}]}",
      "c");
  ASSERT_TRUE(read.has_value());
  const auto& conditions = read->expectations.front().each.conditions;
  EXPECT_EQ(conditions.at(0).value, "3");
  EXPECT_EQ(conditions.at(1).value, 3);
  EXPECT_EQ(conditions.at(2).value, true);
}

TEST(Contract, TellsThatAFileCannotBeRead) {
  EXPECT_EQ(read_contract_file("/nowhere/c.yaml").error(), "cannot read the contract /nowhere/c.yaml");
}

TEST(Contract, TakesTheOneOfTheTutorial) {
  std::ifstream file(root / "docs/tutorial-any-language.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::string fence = "```yaml file=contract.yaml\n";
  const std::size_t begin = text.find(fence) + fence.size();
  ASSERT_GT(begin, fence.size());
  const std::string yaml = text.substr(begin, text.find("```", begin) - begin);
  const auto read = read_contract(yaml, "contract.yaml");
  EXPECT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(schema().check(json_of(YAML::Load(yaml))), "");
}

TEST(Contract, TakesTheContractOfTheSecondWeek) {
  const auto path = root / "scenarios/contracts/week-2.yaml";
  const auto read = read_contract_file(path);
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(schema().check(json_of(YAML::LoadFile(path.string()))), "");
  EXPECT_EQ(read->expectations.size(), 6u);
}

}  // namespace
}  // namespace understudy::contract
