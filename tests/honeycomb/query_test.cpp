// Queries and their results.
#include "tests/honeycomb/query_room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Query : public QueryRoom {};

TEST_F(Query, AverageLatencyByUser) {
  export_spans({{"anna", 10}, {"bert", 50}, {"anna", 30}, {"", 5}});
  const Json result = ask(R"({"breakdowns":["app.userId"],"calculations":[{"op":"AVG","column":"duration_ms"}]})");
  EXPECT_EQ(result["complete"], true);
  EXPECT_THAT(rows(result), ElementsAre(R"j({"AVG(duration_ms)":50,"app.userId":"bert"})j",
                                        R"j({"AVG(duration_ms)":20,"app.userId":"anna"})j",
                                        R"j({"AVG(duration_ms)":5,"app.userId":null})j"));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Query, WithoutAnythingItCounts) {
  export_spans({{"anna"}, {"bert"}});
  EXPECT_THAT(rows(ask("{}")), ElementsAre(R"({"COUNT":2})"));
}

TEST_F(Query, SampleRatesWeigh) {
  export_spans({{"anna", 10, 4}, {"anna", 20, 1}});
  const Json result = ask(R"({"calculations":[{"op":"COUNT"},{"op":"SUM","column":"duration_ms"},
      {"op":"AVG","column":"duration_ms"},{"op":"P90","column":"duration_ms"},
      {"op":"COUNT_DISTINCT","column":"app.userId"},{"op":"MAX","column":"duration_ms"}]})");
  EXPECT_THAT(rows(result),
              ElementsAre(R"j({"COUNT":5,"SUM(duration_ms)":60,"AVG(duration_ms)":12,)j"
                          R"j("P90(duration_ms)":20,"COUNT_DISTINCT(app.userId)":1,"MAX(duration_ms)":20})j"));
}

TEST_F(Query, FiltersHavingsOrdersLimit) {
  export_spans({{"anna", 10}, {"anna", 10}, {"bert", 50}, {"cleo", 70}, {"dora", 1}});
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userId"],"filters":[{"column":"app.userId","op":"!=","value":"dora"},
      {"column":"duration_ms","op":"<","value":60}],"orders":[{"column":"app.userId","order":"descending"}]})")),
              ElementsAre(R"({"COUNT":1,"app.userId":"bert"})", R"({"COUNT":2,"app.userId":"anna"})"));
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userId"],"filter_combination":"OR","filters":[
      {"column":"app.userId","op":"in","value":["dora","nobody"]},{"column":"duration_ms","op":">=","value":70}],
      "orders":[{"column":"app.userId"}]})")),
              ElementsAre(R"({"COUNT":1,"app.userId":"cleo"})", R"({"COUNT":1,"app.userId":"dora"})"));
  EXPECT_THAT(
      rows(ask(R"({"breakdowns":["app.userId"],"calculations":[{"op":"COUNT"},{"op":"SUM","column":"duration_ms"}],
      "havings":[{"calculate_op":"SUM","column":"duration_ms","op":">","value":15}],"limit":2,
      "orders":[{"op":"SUM","column":"duration_ms","order":"descending"}]})")),
      ElementsAre(R"j({"COUNT":1,"SUM(duration_ms)":70,"app.userId":"cleo"})j",
                  R"j({"COUNT":1,"SUM(duration_ms)":50,"app.userId":"bert"})j"));
}

TEST_F(Query, TheSeriesHasAPointEachBucket) {
  export_spans({{.user = "a", .age_s = 3000}, {.user = "a", .age_s = 3000}, {.user = "a", .age_s = 60}});
  const Json result = ask(R"({"time_range":3600,"granularity":60})");
  ASSERT_THAT(result["data"]["series"], SizeIs(2));
  EXPECT_EQ(result["data"]["series"][0]["data"].dump(), R"({"COUNT":2})");
  EXPECT_THAT(result["data"]["series"][0]["time"].get<std::string>(), ::testing::MatchesRegex("....-..-..T..:..:00Z"));
  EXPECT_EQ(result["query"]["granularity"], 60);
  EXPECT_THAT(ask("{}", R"("disable_series":true)")["data"]["series"], IsEmpty());
}

TEST_F(Query, TotalsAndOthersWhereAskedFor) {
  export_spans({{"anna"}, {"anna"}, {"bert"}});
  const std::string_view query = R"({"breakdowns":["app.userId"],"limit":1})";
  EXPECT_FALSE(ask(query)["data"].contains("total_by_aggregate"));
  const Json result = ask(query, R"("disable_total_by_aggregate":false,"disable_other_by_aggregate":false)");
  EXPECT_EQ(result["data"]["total_by_aggregate"].dump(), R"({"COUNT":3})");
  EXPECT_EQ(result["data"]["other_by_aggregate"].dump(), R"({"COUNT":1})");
}

TEST_F(Query, OfAnEnvironmentAsksAllDatasets) {
  export_spans({{.user = "anna"}, {.user = "anna", .service = "frontend"}});
  EXPECT_THAT(rows(ask(R"({"breakdowns":["service.name"],"orders":[{"column":"service.name"}]})", "", "__all__")),
              ElementsAre(R"({"COUNT":1,"service.name":"backend-flask"})", R"({"COUNT":1,"service.name":"frontend"})"));
  EXPECT_EQ(call("POST", "/1/queries/__all__", "{}", classic_key).status, 404);
}

TEST_F(Query, EchoesWhatItWillRun) {
  export_spans({{"anna"}});
  const auto made = call("POST", "/1/queries/backend-flask",
                         R"({"breakdowns":["name"],"filter_combination":"AND","limit":7,"orders":null})");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(header_of(made, "Content-Type"), "application/json");
  Json query = json_of(made);
  EXPECT_THAT(query["id"].get<std::string>(), ::testing::MatchesRegex("[1-9A-HJ-NP-Za-km-z]{11}"));
  EXPECT_EQ(call("GET", fmt::format("/1/queries/backend-flask/{}", query["id"].get<std::string>())).body, made.body);
  query.erase("id");
  EXPECT_EQ(query.dump(), R"({"breakdowns":["name"],"limit":7,"calculations":[{"op":"COUNT"}],"time_range":7200})");
}

TEST_F(Query, AResultIsAPromiseFirst) {
  export_spans({{"anna"}});
  const auto query = json_of(call("POST", "/1/queries/backend-flask", "{}"));
  const auto made =
      call("POST", "/1/query_results/backend-flask", fmt::format(R"({{"query_id":{}}})", query["id"].dump()));
  EXPECT_EQ(made.status, 201);
  const Json promise = json_of(made);
  EXPECT_EQ(promise["complete"], false);
  EXPECT_FALSE(promise.contains("data"));
  EXPECT_EQ(promise["query"], query);
  const std::string id = promise["id"].get<std::string>();
  EXPECT_EQ(header_of(made, "Location"), "/1/query_results/backend-flask/" + id);
  EXPECT_EQ(promise["links"]["query_url"], "https://ui.honeycomb.io/test/datasets/backend-flask/result/" + id);

  const auto read = call("GET", header_of(made, "Location"));
  EXPECT_EQ(header_of(read, "Cache-Control"), "private, max-age=86400");
  EXPECT_NE(header_of(read, "Last-Modified"), "(absent)");
  EXPECT_EQ(header_of(read, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(json_of(read)["id"], id);
  EXPECT_EQ(json_of(read)["query"]["id"], query["id"]);
  EXPECT_TRUE(last_entry().read);
  EXPECT_EQ(call("GET", header_of(made, "Location")).body, read.body);
}

// As the documented examples have it.
TEST_F(Query, WithoutSeriesTheLimitIsEchoed) {
  export_spans({{"anna"}});
  const auto query = json_of(call("POST", "/1/queries/backend-flask", "{}"));
  const auto limit = [&](std::string_view options) {
    const auto made = call("POST", "/1/query_results/backend-flask",
                           fmt::format(R"({{"query_id":{},{}}})", query["id"].dump(), options));
    return json_of(made)["query"].value("limit", 0);
  };
  EXPECT_EQ(limit(R"("disable_series":true)"), 10000);
  EXPECT_EQ(limit(R"("disable_series":true,"limit":5000)"), 5000);
  EXPECT_EQ(limit(R"("disable_series":false)"), 0);
}

TEST_F(Query, AResultIsAboutTheEventsOfBefore) {
  export_spans({{"anna"}});
  const auto query = json_of(call("POST", "/1/queries/backend-flask", "{}"));
  const auto made =
      call("POST", "/1/query_results/backend-flask", fmt::format(R"({{"query_id":{}}})", query["id"].dump()));
  export_spans({{"bert"}});
  EXPECT_THAT(rows(json_of(call("GET", header_of(made, "Location")))), ElementsAre(R"({"COUNT":1})"));
  EXPECT_THAT(rows(ask("{}")), ElementsAre(R"({"COUNT":2})"));
}

TEST_F(Query, EventsOutsideTheRangeAreNotedAsSuch) {
  export_spans({{.user = "anna", .age_s = 3 * 3600}});
  EXPECT_THAT(rows(ask("{}")), IsEmpty());
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.outside-range"));
  EXPECT_THAT(rows(ask(R"({"time_range":14400})")), ElementsAre(R"({"COUNT":1})"));
}

TEST_F(Query, AColumnThatNobodySentIsNotedWithTheNearest) {
  export_spans({{"anna"}});
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userid"]})")), ElementsAre(R"({"COUNT":1,"app.userid":null})"));
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.unknown-column"));
  EXPECT_THAT(last_entry().findings[0].detail, HasSubstr("there is \"app.userId\""));
}

TEST_F(Query, AMisspeltMemberIsNoted) {
  export_spans({{"anna"}});
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", R"({"breakdown":["name"]})").status, 200);
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.unknown-member"));
}

TEST_F(Query, TimesAreWholeMinutes) {
  freeze();
  export_spans({{.user = "anna", .age_s = -30}});  // half a minute ahead: still in the minute that noon is in
  const Json query = ask(R"({"time_range":630})")["query"];
  EXPECT_EQ(query["end_time"], now_ns() / second + 60);
  EXPECT_EQ(query["start_time"], now_ns() / second - 660);
  EXPECT_FALSE(query.contains("time_range"));
  EXPECT_THAT(rows(ask(R"({"time_range":630})")), ElementsAre(R"({"COUNT":1})"));
  const Json days = ask(R"({"time_range":86400})")["query"];
  EXPECT_EQ(days["end_time"], now_ns() / second + 300);
  EXPECT_EQ(ask(R"({"time_range":259200})")["query"]["end_time"], now_ns() / second + 1800);
}

TEST_F(Query, WhatIsOlderThanSevenDaysIsRefused) {
  export_spans({{"anna"}});
  const auto query = json_of(call("POST", "/1/queries/backend-flask", R"({"time_range":1209600})"));
  const auto reply =
      call("POST", "/1/query_results/backend-flask", fmt::format(R"({{"query_id":{}}})", query["id"].dump()));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"error":"invalid Query data"})");
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.invalid"));
}

TEST_F(Query, TenResultsAMinute) {
  freeze();
  export_spans({{"anna"}});
  const auto query = json_of(call("POST", "/1/queries/backend-flask", "{}"));
  const auto make = [&] {
    return call("POST", "/1/query_results/backend-flask", fmt::format(R"({{"query_id":{}}})", query["id"].dump()));
  };
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(make().status, 201);
    EXPECT_THAT(found(), IsEmpty());
  }
  EXPECT_EQ(make().status, 201);  // noted once
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.too-many-results"));
  EXPECT_EQ(make().status, 201);
  EXPECT_THAT(found(), IsEmpty());

  settings({{"query_result_quota", "enforce"}});
  const auto refused = make();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header_of(refused, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header_of(refused, "Retry-After"), "(absent)");
  EXPECT_EQ(refused.body, R"({"status":429,"type":"https://api.honeycomb.io/problems/rate-limited",)"
                          R"("title":"You have exceeded your rate limit.","error":"Rate Limited",)"
                          R"("detail":"This endpoint allows 10 requests per minute."})");
  EXPECT_THAT(found(), ElementsAre("honeycomb.query.too-many-results"));
}

TEST_F(Query, IdsThatNobodyMade) {
  export_spans({{"anna"}});
  EXPECT_EQ(call("GET", "/1/queries/backend-flask/abcdefghijk").status, 404);
  EXPECT_EQ(call("GET", "/1/query_results/backend-flask/abcdefghijk").status, 404);
  const auto reply = call("POST", "/1/query_results/backend-flask", R"({"query_id":"abcdefghijk"})");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(json_of(reply)["type"], "https://api.honeycomb.io/problems/not-found");
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.not-found"));
}

TEST_F(Query, OptionsOfResultsAreChecked) {
  export_spans({{"anna"}});
  for (const char* body : {"{}", R"({"query_id":5})", R"({"query_id":"abcdefghijk","limit":5})",
                           R"({"query_id":"abcdefghijk","limit":0,"disable_series":true})",
                           R"({"query_id":"abcdefghijk","disable_series":"yes"})"}) {
    const auto reply = call("POST", "/1/query_results/backend-flask", body);
    EXPECT_EQ(reply.status, 422) << body;
    EXPECT_EQ(json_of(reply)["title"], "The provided input is invalid.");
    EXPECT_THAT(found(), ElementsAre("honeycomb.api.body-invalid"));
  }
}

// ---- bad queries

struct Bad {
  const char* query;
  const char* place;
};
constexpr Bad bad_queries[] = {
    {R"({"breakdowns":"name"})", "breakdowns"},
    {R"({"breakdowns":[5]})", "breakdowns[0]"},
    {R"({"breakdowns":[""]})", "breakdowns[0]"},
    {R"({"calculations":{}})", "calculations"},
    {R"({"calculations":[5]})", "calculations[0]"},
    {R"({"calculations":[{}]})", "calculations[0].op"},
    {R"({"calculations":[{"op":"P98","column":"a"}]})", "calculations[0].op"},
    {R"({"calculations":[{"op":"COUNT"},{"op":"AVG"}]})", "calculations[1].column"},
    {R"({"calculations":[{"op":"COUNT","column":"a"}]})", "calculations[0].column"},
    {R"({"calculations":[{"op":"CONCURRENCY","column":"a"}]})", "calculations[0].column"},
    {R"({"calculations":[{"op":5}]})", "calculations[0].op"},
    {R"({"filters":[{"column":"a","op":"like","value":"b"}]})", "filters[0].op"},
    {R"({"filters":[{"op":"=","value":"b"}]})", "filters[0].column"},
    {R"({"filters":[{"column":"a","op":"="}]})", "filters[0].value"},
    {R"({"filters":[{"column":"a","op":"=","value":["b"]}]})", "filters[0].value"},
    {R"({"filters":[{"column":"a","op":"=","value":{}}]})", "filters[0].value"},
    {R"({"filters":[{"column":"a","op":"in","value":"b"}]})", "filters[0].value"},
    {R"({"filters":[{"column":"a","op":"in","value":[[]]}]})", "filters[0].value"},
    {R"({"filters":[{"column":"a","op":"exists","value":"b"}]})", "filters[0].value"},
    {R"({"filters":[{"column":"a","op":"contains","value":5}]})", "filters[0].value"},
    {R"({"filter_combination":"XOR"})", "filter_combination"},
    {R"({"orders":[{"column":"a"}]})", "orders[0].column"},
    {R"({"orders":[{"op":"AVG","column":"a"}]})", "orders[0]"},
    {R"({"orders":[{"op":"COUNT","order":"up"}]})", "orders[0].order"},
    {R"({"calculations":[{"op":"HEATMAP","column":"a"}],"orders":[{"op":"HEATMAP","column":"a"}]})", "orders[0].op"},
    {R"({"havings":[{"calculate_op":"AVG","column":"a","op":">","value":1}]})", "havings[0]"},
    {R"({"havings":[{"calculate_op":"COUNT","op":"contains","value":1}]})", "havings[0].op"},
    {R"({"havings":[{"calculate_op":"COUNT","op":">","value":"1"}]})", "havings[0].value"},
    {R"({"limit":0})", "limit"},
    {R"({"limit":1001})", "limit"},
    {R"({"limit":"5"})", "limit"},
    {R"({"limit":18446744073709551615})", "limit"},
    {R"({"time_range":-5})", "time_range"},
    {R"({"start_time":1,"end_time":2,"time_range":1})", "time_range"},
    {R"({"start_time":2,"end_time":2})", "end_time"},
    {R"({"start_time":1.5})", "start_time"},
    {R"({"time_range":7200,"granularity":7})", "granularity"},
    {R"({"time_range":7200,"granularity":721})", "granularity"},
};

TEST_F(Query, WhatIsWrongIsNamed) {
  export_spans({{"anna"}});
  for (const auto& [query, place] : bad_queries) {
    const auto reply = call("POST", "/1/queries/backend-flask", query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.body, R"({"error":"invalid Query data"})") << query;
    ASSERT_THAT(found(), ElementsAre("honeycomb.query.invalid")) << query;
    EXPECT_EQ(last_entry().findings[0].place, place) << query;
  }
}

TEST_F(Query, TooManyParts) {
  export_spans({{"anna"}});
  Json query = {{"breakdowns", std::vector<std::string>(100, "name")}};
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", query.dump()).status, 200);
  query["breakdowns"].push_back("name");
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", query.dump()).status, 400);
  EXPECT_THAT(last_entry().findings[0].detail, HasSubstr("100 is the most"));
}

TEST_F(Query, BodiesThatAreNoJsonObjects) {
  export_spans({{"anna"}});
  for (const std::string& body : {std::string(), std::string("[]"), std::string("{"), std::string(200, '[')}) {
    const auto reply = call("POST", "/1/queries/backend-flask", body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(json_of(reply)["error"], "could not parse request body");
    EXPECT_THAT(found(), ElementsAre("honeycomb.api.body-invalid"));
  }
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", std::string(100'001, ' ')).status, 413);
}

// ---- who may

TEST_F(Query, NeedsItsPermissions) {
  export_spans({{"anna"}});
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", "{}", ingest_key).status, 401);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-call"));
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", "{}", "nonsense").status, 401);
  EXPECT_EQ(call("POST", "/1/queries/backend-flask", "{}", "").status, 401);
  accounts({{{"key", good_key}, {"permissions", {{"queries", false}}}}});
  const auto query = json_of(call("POST", "/1/queries/backend-flask", "{}"));
  const auto reply =
      call("POST", "/1/query_results/backend-flask", fmt::format(R"({{"query_id":{}}})", query["id"].dump()));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.body, R"({"error":"unknown API key - check your credentials"})");
  EXPECT_EQ(last_entry().findings[0].detail,
            "POST /1/query_results/backend-flask needs a configuration key, columns, queries");
}

TEST_F(Query, UnknownDatasets) {
  export_spans({{"anna"}});
  const auto reply = call("POST", "/1/queries/backend-flaks", "{}");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(
      reply.body,
      R"({"status":404,"type":"https://api.honeycomb.io/problems/not-found",)"
      R"("title":"The requested resource cannot be found.","error":"Dataset not found","detail":"Dataset not found"})");
  EXPECT_THAT(last_entry().findings[0].detail, HasSubstr("there is \"backend-flask\""));
  EXPECT_EQ(call("DELETE", "/1/queries/backend-flask").status, 405);
  EXPECT_EQ(call("POST", "/1/queries/Backend%2DFLASK/", "{}").status, 200);
}

TEST_F(Query, OfMetricsAsTimeSeriesCountsNoEvents) {
  settings({{"metrics_mapping", "native"}});
  ASSERT_EQ(send(protobuf(metrics_of("backend-flask")).to("/v1/metrics")).status, 200);
  for (const char* op : {"COUNT", "CONCURRENCY"}) {
    const auto reply =
        call("POST", "/1/queries/unknown_metrics", fmt::format(R"({{"calculations":[{{"op":"{}"}}]}})", op));
    EXPECT_EQ(reply.status, 400) << op;
    EXPECT_EQ(reply.body, R"({"error":"invalid Query data"})");
    EXPECT_THAT(found(), ElementsAre("honeycomb.query.invalid"));
  }
  for (const char* op : {"RATE_AVG", "RATE_SUM", "RATE_MAX"}) {
    const std::string query =
        fmt::format(R"({{"calculations":[{{"op":"MAX","column":"a"}},{{"op":"{}","column":"a"}}]}})", op);
    EXPECT_EQ(call("POST", "/1/queries/unknown_metrics", query).status, 400) << op;
    EXPECT_EQ(last_entry().findings[0].place, "calculations[1].op");
  }
  const std::string_view of_points = R"({"calculations":[{"op":"MAX","column":"app.requests"}]})";
  EXPECT_EQ(call("POST", "/1/queries/unknown_metrics", of_points).status, 200);
  settings({{"metrics_mapping", "events"}});
  EXPECT_EQ(call("POST", "/1/queries/unknown_metrics", R"({"calculations":[{"op":"COUNT"}]})").status, 200);
}

}  // namespace
}  // namespace understudy::honeycomb
