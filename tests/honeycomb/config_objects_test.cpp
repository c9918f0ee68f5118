// Boards, triggers, derived columns and their like: what a terraform run makes, reads, changes and removes.
#include "tests/honeycomb/query_room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class ConfigObjects : public QueryRoom {
 protected:
  void SetUp() override {
    freeze();
    export_spans({{"anna", 10}, {"bert", 150}});
    query_id_ = json_of(call("POST", "/1/queries/backend-flask", "{}"))["id"].get<std::string>();
  }
  Json make(std::string_view target, std::string_view body) {
    const auto reply = call("POST", target, body);
    EXPECT_EQ(reply.status, 201) << target << reply.body;
    EXPECT_EQ(header_of(reply, "Content-Type"), "application/json");
    EXPECT_THAT(found(), IsEmpty());
    return json_of(reply);
  }
  std::string query_id_;
};

struct Kind {
  const char* target;
  const char* body;
  const char* changed;
};
constexpr Kind kinds[] = {
    {"/1/derived_columns/backend-flask", R"({"alias":"slow","expression":"$duration_ms * 2","description":"d"})",
     R"({"alias":"slow","expression":"$duration_ms * 3"})"},
    {"/1/derived_columns/__all__", R"q({"alias":"known","expression":"EXISTS($app.userId)"})q",
     R"({"alias":"known","expression":"true"})"},
    {"/1/query_annotations/backend-flask", R"({"name":"n","query_id":"QUERY"})", R"({"name":"m"})"},
    {"/1/boards", R"({"name":"My Board","column_layout":"multi"})", R"({"name":"Your Board"})"},
    {"/1/triggers/backend-flask", R"({"name":"t","threshold":{"op":"=","value":5}})", R"({"disabled":true})"},
    {"/1/slos/backend-flask", R"({"name":"s","sli":{"alias":"ok"},"time_period_days":30})", R"({"name":"s2"})"},
    {"/1/burn_alerts/backend-flask", R"({"exhaustion_minutes":60,"slo":{"id":"x"}})", R"({"exhaustion_minutes":30})"},
    {"/1/recipients", R"({"type":"email","details":{"email_address":"a@example.com"}})", R"({"details":{}})"},
    {"/1/marker_settings/backend-flask", R"({"type":"deploy","color":"#F96E11"})", R"({"color":"#000000"})"},
};

TEST_F(ConfigObjects, AreMadeReadListedChangedRemoved) {
  for (const Kind& kind : kinds) {
    const std::string target = kind.target;
    Json sent = Json::parse(kind.body);
    if (sent.contains("query_id")) sent["query_id"] = query_id_;
    const Json made = make(target, sent.dump());
    const std::string id = made["id"].get<std::string>();
    EXPECT_THAT(id, MatchesRegex("[1-9A-HJ-NP-Za-km-z]{11}"));
    EXPECT_EQ(made["created_at"], "2026-11-21T12:00:00Z");
    for (const auto& [name, value] : sent.items()) EXPECT_EQ(made[name], value) << target;
    const std::string one = target + "/" + id;
    EXPECT_EQ(json_of(call("GET", one)), made);
    EXPECT_TRUE(last_entry().read);
    EXPECT_EQ(json_of(call("GET", target)), Json::array({made}));

    const auto reply = call("PUT", one, kind.changed);
    EXPECT_EQ(reply.status, 200) << target << reply.body;
    EXPECT_EQ(json_of(reply)["id"], id);
    const Json change = Json::parse(kind.changed);
    const Json after = json_of(call("GET", one));
    for (const auto& [name, value] : change.items()) EXPECT_EQ(after[name], value) << target;

    const auto removed = call("DELETE", one);
    EXPECT_EQ(removed.status, 204);
    EXPECT_EQ(removed.body, "");
    EXPECT_EQ(call("GET", one).status, 404);
    EXPECT_THAT(found(), ElementsAre("honeycomb.api.not-found"));
    EXPECT_EQ(call("PUT", one, "{}").status, 404);
    EXPECT_EQ(call("DELETE", one).status, 404);
    EXPECT_EQ(call("GET", target).body, "[]");
  }
}

TEST_F(ConfigObjects, WithoutABodyABoardIsRefused) {
  const auto reply = call("POST", "/1/boards");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/problem+json");
  EXPECT_EQ(reply.body, R"({"status":400,"type":"https://api.honeycomb.io/problems/unparseable",)"
                        R"("title":"The request body could not be parsed.","error":"could not parse request body"})");
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.body-invalid"));
}

struct Refused {
  const char* target;
  const char* body;
  const char* field;
};
constexpr Refused refused[] = {
    {"/1/boards", "{}", "name"},
    {"/1/boards", R"({"name":""})", "name"},
    {"/1/boards", R"({"name":5})", "name"},
    {"/1/derived_columns/backend-flask", R"({"alias":"a"})", "expression"},
    {"/1/derived_columns/backend-flask", R"({"alias":"a","expression":"IF("})", "expression"},
    {"/1/query_annotations/backend-flask", R"({"name":"a","query_id":"abcdefghijk"})", "query_id"},
    {"/1/recipients", R"({"details":{}})", "type"},
    {"/1/boards", R"({"name":"b","queries":{}})", "queries"},
    {"/1/boards", R"({"name":"b","description":1})", "description"},
    {"/1/triggers/backend-flask", R"({"threshold":{}})", "name"},
    {"/1/triggers/backend-flask", R"({"name":"t","threshold":5})", "threshold"},
    {"/1/triggers/backend-flask", R"({"name":"t","frequency":"900"})", "frequency"},
    {"/1/triggers/backend-flask", R"({"name":"t","disabled":0})", "disabled"},
    {"/1/triggers/backend-flask", R"({"name":"t","query_id":"abcdefghijk"})", "query_id"},
    {"/1/triggers/backend-flask", R"({"name":"t","query":{"calculations":[{"op":"NO"}]}})", "query"},
    {"/1/slos/backend-flask", R"({"name":"s","sli":"ok"})", "sli"},
    {"/1/slos/backend-flask", R"({"name":"s","target_per_million":99.9})", "target_per_million"},
    {"/1/burn_alerts/backend-flask", R"({"slo":5})", "slo"},
    {"/1/recipients", R"({"type":"email","details":"a@example.com"})", "details"},
};

TEST_F(ConfigObjects, WhatLacksAMemberIsRefused) {
  for (const auto& [target, body, field] : refused) {
    const auto reply = call("POST", target, body);
    EXPECT_EQ(reply.status, 422) << target << body;
    EXPECT_EQ(json_of(reply)["type_detail"][0]["field"], field);
    EXPECT_EQ(found().size(), 1U);
  }
}

TEST_F(ConfigObjects, ATriggerMayHoldItsQuery) {
  const Json held = make("/1/triggers/backend-flask", R"({"name":"t","query":{"calculations":[{"op":"COUNT"}]}})");
  EXPECT_EQ(held["query"]["calculations"][0]["op"], "COUNT");
  const std::string one = "/1/triggers/backend-flask/" + held["id"].get<std::string>();
  EXPECT_EQ(call("PUT", one, R"({"query":{"limit":-1}})").status, 422);
  EXPECT_EQ(json_of(call("GET", one)), held);
}

TEST_F(ConfigObjects, OfOneNameThereIsOne) {
  make("/1/derived_columns/backend-flask", R"({"alias":"a","expression":"1"})");
  const auto again = call("POST", "/1/derived_columns/backend-flask", R"({"alias":"a","expression":"2"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(json_of(again)["error"], "A resource by that name already exists.");
  make("/1/derived_columns/__all__", R"({"alias":"a","expression":"1"})");
  EXPECT_EQ(json_of(call("GET", "/1/derived_columns/backend-flask?alias=a"))["expression"], "1");
  EXPECT_EQ(call("GET", "/1/derived_columns/backend-flask?alias=b").status, 404);
}

TEST_F(ConfigObjects, BurnAlertsAreListedByTheirSlo) {
  make("/1/burn_alerts/backend-flask", R"({"slo":{"id":"first"}})");
  make("/1/burn_alerts/backend-flask", R"({"slo":{"id":5}})");
  make("/1/burn_alerts/backend-flask", "{}");
  EXPECT_EQ(json_of(call("GET", "/1/burn_alerts/backend-flask?slo_id=first")).size(), 1U);
  EXPECT_EQ(call("GET", "/1/burn_alerts/backend-flask?slo_id=second").body, "[]");
}

TEST_F(ConfigObjects, DerivedColumnsAreColumnsOfQueries) {
  make("/1/derived_columns/backend-flask", R"({"alias":"slow","expression":"$limit < $duration_ms"})");
  make("/1/derived_columns/__all__", R"({"alias":"limit","expression":"100"})");
  const std::string_view by_slow = R"({"breakdowns":["slow"],"orders":[{"column":"slow"}]})";
  EXPECT_THAT(rows(ask(by_slow)), ElementsAre(R"({"COUNT":1,"slow":false})", R"({"COUNT":1,"slow":true})"));
  EXPECT_THAT(found(), IsEmpty());
  // The query's own field of that name comes first.
  EXPECT_THAT(rows(ask(R"({"breakdowns":["slow"],"calculated_fields":[{"name":"slow","expression":"1"}]})")),
              ElementsAre(R"({"COUNT":2,"slow":1})"));
  EXPECT_THAT(rows(ask(R"({"breakdowns":["limit"]})", "", "__all__")), ElementsAre(R"({"COUNT":2,"limit":100})"));
}

TEST_F(ConfigObjects, MarkersHaveTheColorOfTheirType) {
  make("/1/marker_settings/backend-flask", R"({"type":"deploy","color":"#F96E11"})");
  call("POST", "/1/markers/backend-flask", R"({"type":"deploy"})");
  call("POST", "/1/markers/backend-flask", R"({"type":"other"})");
  call("POST", "/1/markers/backend-flask", "{}");
  const std::string markers = call("GET", "/1/markers/backend-flask").body;
  EXPECT_THAT(markers, HasSubstr(R"("color":"#F96E11")"));
  EXPECT_EQ(markers.find("color"), markers.rfind("color"));
}

TEST_F(ConfigObjects, DatasetDefinitionsAreThereAndChange) {
  Json definitions = json_of(call("GET", "/1/dataset_definitions/backend-flask"));
  EXPECT_EQ(definitions["trace_id"].dump(), R"({"name":"trace.trace_id","column_type":"column"})");
  const auto changed =
      call("PATCH", "/1/dataset_definitions/backend-flask", R"({"user":{"name":"app.userId"},"error":null})");
  EXPECT_EQ(changed.status, 200);
  definitions["user"] = {{"name", "app.userId"}, {"column_type", "column"}};
  definitions["error"] = nullptr;
  EXPECT_EQ(json_of(changed), definitions);
  EXPECT_EQ(json_of(call("GET", "/1/dataset_definitions/backend-flask")), definitions);
  EXPECT_EQ(call("PATCH", "/1/dataset_definitions/backend-flask", R"({"nothing":{"name":"a"}})").status, 422);
  EXPECT_EQ(call("PATCH", "/1/dataset_definitions/backend-flask", R"({"user":"a"})").status, 422);
  EXPECT_EQ(call("GET", "/1/dataset_definitions/__all__").status, 404);
}

TEST_F(ConfigObjects, NeedTheirPermission) {
  EXPECT_EQ(call("GET", "/1/boards", {}, ingest_key).status, 401);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-call"));
  accounts({{{"key", good_key}, {"permissions", {{"triggers", false}}}}});
  EXPECT_EQ(call("GET", "/1/boards").status, 200);
  EXPECT_EQ(call("GET", "/1/triggers/backend-flask").status, 401);
  EXPECT_EQ(last_entry().findings[0].detail, "GET /1/triggers/backend-flask needs a configuration key, triggers");
  const auto wrong = call("PATCH", "/1/boards");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header_of(wrong, "Allow"), "GET, POST");
  EXPECT_EQ(call("GET", "/1/boards/a/b").status, 404);
}

TEST_F(ConfigObjects, GoWithTheirDataset) {
  make("/1/derived_columns/backend-flask", R"({"alias":"a","expression":"1"})");
  call("PUT", "/1/datasets/backend-flask", R"({"settings":{"delete_protected":false}})");
  EXPECT_EQ(call("DELETE", "/1/datasets/backend-flask").status, 202);
  export_spans({{"anna"}});
  EXPECT_EQ(call("GET", "/1/derived_columns/backend-flask").body, "[]");
}

}  // namespace
}  // namespace understudy::honeycomb
