// Queries that work out more than columns hold: calculated fields, calculations with filters and names of their own,
// formulas, comparison with a time before.
#include "tests/honeycomb/query_room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class QueryFields : public QueryRoom {};

TEST_F(QueryFields, ACalculatedFieldIsAColumnEverywhere) {
  export_spans({{"anna", 10}, {"bert", 150}, {"cleo", 250}, {"", 250}});
  EXPECT_THAT(rows(ask(R"q({"calculated_fields":[
        {"name":"slow","expression":"IF($duration_ms > 100, \"slow\", \"quick\")"},
        {"name":"seconds","expression":"DIV($duration_ms, 1000)"}],
      "breakdowns":["slow"],"calculations":[{"op":"COUNT"},{"op":"SUM","column":"seconds"}],
      "filters":[{"column":"seconds","op":"<","value":100}]})q")),
              ElementsAre(R"j({"COUNT":3,"SUM(seconds)":0.65,"slow":"slow"})j",
                          R"j({"COUNT":1,"SUM(seconds)":0.01,"slow":"quick"})j"));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(rows(ask(R"q({"calculated_fields":[{"name":"known","expression":"EXISTS($app.userId)"}],
      "breakdowns":["known"],"filters":[{"column":"known","op":"=","value":true}]})q")),
              ElementsAre(R"q({"COUNT":3,"known":true})q"));
}

TEST_F(QueryFields, CalculatedFieldsMayNameEachOther) {
  export_spans({{"anna", 10}});
  EXPECT_THAT(rows(ask(R"q({"calculated_fields":[{"name":"twice","expression":"$once * 2"},
        {"name":"once","expression":"$duration_ms + 1"},{"name":"duration_ms","expression":"$duration_ms + 4"},
        {"name":"circle","expression":"$round"},{"name":"round","expression":"$circle"}],
      "calculations":[{"op":"MAX","column":"twice"},{"op":"MAX","column":"duration_ms"},
        {"op":"COUNT_DISTINCT","column":"circle"}]})q")),
              ElementsAre(R"j({"MAX(twice)":30,"MAX(duration_ms)":14,"COUNT_DISTINCT(circle)":0})j"));
}

TEST_F(QueryFields, OnlyTheRowsOfTheTimeAreWorkedOut) {
  export_spans({{.user = "anna", .age_s = 3 * 3600}, {.user = "bert", .age_s = 60}});
  EXPECT_THAT(rows(ask(R"q({"calculated_fields":[{"name":"who","expression":"TO_LOWER($app.userId)"}],
      "breakdowns":["who"]})q")),
              ElementsAre(R"q({"COUNT":1,"who":"bert"})q"));
}

TEST_F(QueryFields, AColumnThatNobodySentIsNotedInAnExpressionToo) {
  export_spans({{"anna"}});
  ask(R"q({"calculated_fields":[{"name":"a","expression":"$app.userid"}],"breakdowns":["a"]})q");
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.unknown-column"));
  EXPECT_THAT(last_entry().findings[0].detail, HasSubstr("there is \"app.userId\""));
}

TEST_F(QueryFields, CalculationsMayHaveFiltersAndNames) {
  export_spans({{"anna", 10, 2}, {"anna", 30, 1}, {"bert", 50, 4}});
  EXPECT_THAT(rows(ask(R"q({"calculations":[{"op":"COUNT","name":"all"},
        {"op":"COUNT","name":"anna's","filters":[{"column":"app.userId","op":"=","value":"anna"}]},
        {"op":"COUNT","name":"some","filter_combination":"OR","filters":[
           {"column":"app.userId","op":"=","value":"bert"},{"column":"duration_ms","op":">","value":20}]},
        {"op":"COUNT","name":"none","filters":[{"column":"app.userId","op":"=","value":"cleo"}]},
        {"op":"MAX","column":"duration_ms","filters":[{"column":"app.userId","op":"=","value":"anna"}]},
        {"op":"COUNT_DISTINCT","column":"app.userId","filters":[{"column":"duration_ms","op":"<","value":20}]}]})q")),
              ElementsAre(R"j({"all":7,"anna's":3,"some":5,"none":0,"MAX(duration_ms)":30,)j"
                          R"j("COUNT_DISTINCT(app.userId)":1})j"));
}

TEST_F(QueryFields, FormulasAreWorkedOutOfCalculations) {
  export_spans({{"anna", 10}, {"anna", 30}, {"bert", 50}});
  const Json result = ask(R"q({"breakdowns":["app.userId"],"calculations":[{"op":"COUNT","name":"total"},
        {"op":"COUNT","name":"slow","filters":[{"column":"duration_ms","op":">","value":20}]},
        {"op":"AVG","column":"duration_ms"}],
      "formulas":[{"name":"share","expression":"DIV($slow, $total)"},
        {"name":"s","expression":"$\"AVG(duration_ms)\" / 1000"}]})q");
  EXPECT_THAT(rows(result),
              ElementsAre(R"j({"total":2,"slow":1,"AVG(duration_ms)":20,"share":0.5,"s":0.02,"app.userId":"anna"})j",
                          R"j({"total":1,"slow":1,"AVG(duration_ms)":50,"share":1,"s":0.05,"app.userId":"bert"})j"));
  EXPECT_THAT(result["data"]["series"].dump(), HasSubstr(R"q("share":)q"));
}

TEST_F(QueryFields, AComparisonAsksAboutATimeBefore) {
  freeze();
  export_spans({{.user = "anna", .age_s = 60}, {.user = "bert", .age_s = 3660}, {.user = "bert", .age_s = 3659}});
  const Json result = ask(R"q({"time_range":600,"compare_time_offset_seconds":3600})q");
  EXPECT_THAT(rows(result), ElementsAre(R"q({"COUNT":1})q"));
  EXPECT_EQ(result["data"]["compare_results"].dump(), R"q([{"data":{"COUNT":2}}])q");
  ASSERT_THAT(result["data"]["compare_series"], SizeIs(1));
  EXPECT_EQ(result["data"]["compare_series"][0]["data"].dump(), R"q({"COUNT":2})q");
  EXPECT_EQ(result["query"]["compare_time_offset_seconds"], 3600);
  EXPECT_FALSE(ask(R"q({"compare_time_offset_seconds":0})q")["data"].contains("compare_results"));
}

struct Bad {
  const char* query;
  const char* place;
};
constexpr Bad bad_queries[] = {
    {R"q({"calculated_fields":{}})q", "calculated_fields"},
    {R"q({"calculated_fields":[{"expression":"1"}]})q", "calculated_fields[0].name"},
    {R"q({"calculated_fields":[{"name":"a","expression":"1"},{"name":"a","expression":"1"}]})q",
     "calculated_fields[1].name"},
    {R"q({"calculated_fields":[{"name":"a","expression":"IF("}]})q", "calculated_fields[0].expression"},
    {R"q({"calculated_fields":[{"name":"a"}]})q", "calculated_fields[0].expression"},
    {R"q({"formulas":[{"name":"a","expression":"$total"}]})q", "formulas[0].expression"},
    {R"q({"formulas":[{"name":"a","expression":5}]})q", "formulas[0].expression"},
    {R"q({"calculations":[{"op":"COUNT","name":5}]})q", "calculations[0].name"},
    {R"q({"calculations":[{"op":"COUNT","filters":[{"column":"a","op":"="}]}]})q", "calculations[0].filters[0].value"},
    {R"q({"calculations":[{"op":"COUNT","filter_combination":"XOR"}]})q", "calculations[0].filter_combination"},
    {R"q({"compare_time_offset_seconds":60})q", "compare_time_offset_seconds"},
    {R"q({"compare_time_offset_seconds":-1})q", "compare_time_offset_seconds"},
};

TEST_F(QueryFields, WhatIsWrongIsNamed) {
  export_spans({{"anna"}});
  for (const auto& [query, place] : bad_queries) {
    const auto reply = call("POST", "/1/queries/backend-flask", query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.body, R"q({"error":"invalid Query data"})q") << query;
    ASSERT_THAT(found(), ElementsAre("honeycomb.query.invalid")) << query;
    EXPECT_EQ(last_entry().findings[0].place, place) << query;
  }
}

// When Honeycomb got them, whatever their own time is.
TEST_F(QueryFields, TheTimeOfArrivalIsThatOfTheRequest) {
  freeze();
  export_spans({{.user = "anna", .age_s = 60}, {.user = "bert", .age_s = 120}});
  session::Clock later;
  later.frozen_ns = now_ns() + 10 * second;
  ASSERT_TRUE(session_->set_clock(later).has_value());
  export_spans({{.user = "cleo", .age_s = 300}});
  EXPECT_THAT(
      rows(ask(R"q({"breakdowns":["app.userId","late"],"orders":[{"column":"app.userId"}],
                  "calculated_fields":[{"name":"late","expression":"INGEST_TIMESTAMP() - EVENT_TIMESTAMP()"}]})q")),
      ElementsAre(R"q({"COUNT":1,"app.userId":"anna","late":60})q", R"q({"COUNT":1,"app.userId":"bert","late":120})q",
                  R"q({"COUNT":1,"app.userId":"cleo","late":310})q"));
}

TEST_F(QueryFields, OrdersMayNameAFormula) {
  export_spans({{"anna", 10}, {"anna", 30}, {"bert", 50}, {"cleo", 5}});
  const auto users = [&](const char* order) {
    std::string found;
    const Json result = ask(fmt::format(R"q({{"breakdowns":["app.userId"],"calculations":[{{"op":"COUNT"}},
        {{"op":"COUNT","name":"slow","filters":[{{"column":"duration_ms","op":">","value":20}}]}}],
        "formulas":[{{"name":"share","expression":"DIV($slow, $COUNT)"}}],
        "orders":[{{"column":"share","order":"{}"}}],"limit":2}})q",
                                        order));
    for (const Json& row : result["data"]["results"]) found += row["data"]["app.userId"].get<std::string>() + " ";
    return found;
  };
  EXPECT_EQ(users("descending"), "bert anna ");
  EXPECT_EQ(users("ascending"), "cleo anna ");
  const auto unknown = call("POST", "/1/queries/backend-flask", R"q({"orders":[{"column":"share"}]})q");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(last_entry().findings[0].place, "orders[0].column");
}

}  // namespace
}  // namespace understudy::honeycomb
