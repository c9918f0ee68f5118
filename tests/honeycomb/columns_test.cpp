// Datasets and columns: what data make, and what calls make.
#include "tests/honeycomb/query_room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class Datasets : public QueryRoom {};

TEST_F(Datasets, DataMakeThem) {
  freeze();
  EXPECT_EQ(call("GET", "/1/datasets").body, "[]");
  export_spans({{.user = "anna", .service = "Backend Flask!"}});
  const auto reply = call("GET", "/1/datasets/backend-flask-");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"name":"Backend Flask!","slug":"backend-flask-","description":"","expand_json_depth":0,)"
                        R"("settings":{"delete_protected":true},"created_at":"2026-11-21T12:00:00Z",)"
                        R"("last_written_at":"2026-11-21T12:00:00Z","regular_columns_count":null})");
  EXPECT_EQ(call("GET", "/1/datasets").body, "[" + reply.body + "]");
  EXPECT_EQ(call("GET", "/1/datasets/Backend%20Flask!").body, reply.body);
  EXPECT_TRUE(last_entry().read);
}

TEST_F(Datasets, OfOneEnvironmentAreNotTheOthers) {
  export_spans({{"anna"}});
  EXPECT_EQ(call("GET", "/1/datasets", {}, classic_key).body, "[]");
  EXPECT_EQ(call("GET", "/1/datasets/backend-flask", {}, classic_key).status, 404);
  EXPECT_EQ(call("GET", "/1/datasets", {}, ingest_key).status, 401);
}

TEST_F(Datasets, ACallMakesOne) {
  freeze();
  const auto made = call("POST", "/1/datasets", R"({"name":"MyDataset!","description":"d","expand_json_depth":3})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body, R"({"name":"MyDataset!","slug":"mydataset-","description":"d","expand_json_depth":3,)"
                       R"("settings":{"delete_protected":true},"created_at":"2026-11-21T12:00:00Z",)"
                       R"("last_written_at":null,"regular_columns_count":null})");
  EXPECT_EQ(call("GET", "/1/datasets/mydataset-").body, made.body);
  const auto again = call("POST", "/1/datasets", R"({"name":"mydataset!"})");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, made.body);
  const auto other = call("POST", "/1/datasets", R"({"name":"mydataset?"})");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.body, R"({"error":"we could not create a dataset with that name"})");
}

TEST_F(Datasets, BadOnesAreRefused) {
  const auto blank = call("POST", "/1/datasets", R"({"name":" "})");
  EXPECT_EQ(blank.status, 422);
  EXPECT_EQ(blank.body, R"({"status":422,"type":"https://api.honeycomb.io/problems/validation-failed",)"
                        R"("title":"The provided input is invalid.","error":"The provided input is invalid.",)"
                        R"("type_detail":[{"field":"name","code":"missing","description":"cannot be blank"}]})");
  for (const std::string& body :
       {std::string(R"({"name":5})"), R"({"name":")" + std::string(256, 'a') + R"("})",
        std::string(R"({"name":"a","expand_json_depth":11})"), std::string(R"({"name":"a","description":1})"),
        std::string(R"({"name":"a","settings":{"delete_protected":"no"}})")}) {
    EXPECT_EQ(call("POST", "/1/datasets", body).status, 422) << body;
    EXPECT_THAT(found(), ElementsAre("honeycomb.api.body-invalid"));
  }
}

TEST_F(Datasets, AreProtectedUntilToldOtherwise) {
  export_spans({{"anna"}});
  EXPECT_EQ(call("DELETE", "/1/datasets/backend-flask").status, 409);
  EXPECT_THAT(found(), ElementsAre("honeycomb.dataset.protected"));
  const auto changed =
      call("PUT", "/1/datasets/backend-flask", R"({"settings":{"delete_protected":false},"description":"x"})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(json_of(changed)["settings"]["delete_protected"], false);
  EXPECT_EQ(json_of(call("GET", "/1/datasets/backend-flask"))["description"], "x");
  const auto query = json_of(call("POST", "/1/queries/backend-flask", "{}"));
  EXPECT_EQ(call("DELETE", "/1/datasets/backend-flask").status, 202);
  EXPECT_EQ(call("GET", "/1/datasets/backend-flask").status, 404);
  export_spans({{"bert"}});
  EXPECT_EQ(call("GET", fmt::format("/1/queries/backend-flask/{}", query["id"].get<std::string>())).status, 404);
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userId"]})")), ElementsAre(R"({"COUNT":1,"app.userId":"bert"})"));
}

class Columns : public QueryRoom {
 protected:
  Json column(std::string_view name) {
    return json_of(call("GET", fmt::format("/1/columns/backend-flask?key_name={}", name)));
  }
};

TEST_F(Columns, DataMakeThemWithTheTypeOfTheFirstValue) {
  freeze();
  export_spans({{"anna"}});
  Json user = column("app.userId");
  EXPECT_THAT(user["id"].get<std::string>(), ::testing::MatchesRegex("[1-9A-HJ-NP-Za-km-z]{12}"));
  const std::string id = user["id"].get<std::string>();
  EXPECT_EQ(json_of(call("GET", "/1/columns/backend-flask/" + id)), user);
  EXPECT_THAT(json_of(call("GET", "/1/columns/backend-flask")), Contains(user));
  user.erase("id");
  EXPECT_EQ(user.dump(), R"({"key_name":"app.userId","type":"string","description":"","hidden":false,)"
                         R"("last_written":"2026-11-21T12:00:00Z","created_at":"2026-11-21T12:00:00Z",)"
                         R"("updated_at":"2026-11-21T12:00:00Z"})");
  EXPECT_EQ(column("duration_ms")["type"], "float");
  EXPECT_EQ(column("status_code")["type"], "integer");
}

TEST_F(Columns, UnknownOnesAre404) {
  export_spans({{"anna"}});
  const auto reply = call("GET", "/1/columns/backend-flask?key_name=nothing");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/problem+json");
  EXPECT_EQ(json_of(reply)["detail"], "Column not found");
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.not-found"));
  EXPECT_EQ(call("GET", "/1/columns/backend-flask/abcdefghijkm").status, 404);
  EXPECT_EQ(call("PUT", "/1/columns/backend-flask/abcdefghijkm", R"({"key_name":"a"})").status, 404);
  EXPECT_EQ(call("GET", "/1/columns/nothing").status, 404);
  const auto malformed = call("GET", "/1/columns/backend-flask/0OIl");
  EXPECT_EQ(malformed.status, 400);
  EXPECT_EQ(malformed.body,
            R"({"error":"The id provided in the URL is malformed - we expected a 12-char base58-safe string."})");
}

TEST_F(Columns, ACallMakesAndChangesOne) {
  export_spans({{"anna"}});
  const auto made =
      call("POST", "/1/columns/backend-flask", R"({"key_name":"app.size","type":"integer","description":"d"})");
  EXPECT_EQ(made.status, 201);
  const std::string id = json_of(made)["id"].get<std::string>();
  EXPECT_EQ(json_of(made)["last_written"], nullptr);
  EXPECT_EQ(column("app.size")["id"], id);
  EXPECT_EQ(column("app.size")["type"], "integer");
  EXPECT_EQ(column("app.size")["description"], "d");
  EXPECT_EQ(call("POST", "/1/columns/backend-flask", R"({"key_name":"app.size"})").status, 409);

  const auto changed = call("PUT", "/1/columns/backend-flask/" + id, R"({"type":"float","hidden":true})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(json_of(changed)["key_name"], "app.size");
  EXPECT_EQ(column("app.size")["type"], "float");
  EXPECT_EQ(column("app.size")["hidden"], true);

  const auto removed = call("DELETE", "/1/columns/backend-flask/" + id);
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(call("GET", "/1/columns/backend-flask/" + id).status, 404);
  EXPECT_EQ(call("POST", "/1/columns/backend-flask", R"({"key_name":"app.size"})").status, 201);
}

// Their exchanges are all that says so: see that the room's proof holds over them, too.
TEST_F(Columns, WhatDataMadeIsChangedAsWhatACallMade) {
  freeze();
  export_spans({{"anna"}});
  const auto again = call("POST", "/1/columns/backend-flask", R"({"key_name":"app.userId","type":"float"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(header_of(again, "Content-Type"), "application/problem+json");
  EXPECT_EQ(json_of(again)["title"], "A resource by that name already exists.");
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.body-invalid"));
  Json user = column("app.userId");
  EXPECT_EQ(user["type"], "string");

  const std::string target = "/1/columns/backend-flask/" + user["id"].get<std::string>();
  const auto changed = call("PUT", target, R"({"description":"who","hidden":true})");
  EXPECT_EQ(changed.status, 200);
  user["description"] = "who";
  user["hidden"] = true;
  EXPECT_EQ(json_of(changed), user);
  EXPECT_EQ(column("app.userId"), user);
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userId"]})")), ElementsAre(R"({"COUNT":1,"app.userId":"anna"})"));

  EXPECT_EQ(call("DELETE", target).status, 204);
  EXPECT_EQ(call("GET", target).status, 404);
  EXPECT_EQ(call("PUT", target, "{}").status, 404);
  EXPECT_EQ(call("DELETE", target).status, 404);
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.not-found"));
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userId"]})")), ElementsAre(R"({"COUNT":1,"app.userId":null})"));
}

TEST_F(Columns, RemovedOnesComeBackWithNewData) {
  export_spans({{"anna"}});
  const std::string target = "/1/columns/backend-flask/" + column("app.userId")["id"].get<std::string>();
  EXPECT_EQ(call("PUT", target, R"({"description":"who","type":"boolean"})").status, 200);
  EXPECT_EQ(call("DELETE", target).status, 204);
  export_spans({{"bert"}});
  EXPECT_EQ(column("app.userId")["description"], "");
  EXPECT_EQ(column("app.userId")["type"], "string");
  EXPECT_THAT(rows(ask(R"({"breakdowns":["app.userId"],"orders":[{"column":"app.userId"}]})")),
              ElementsAre(R"({"COUNT":1,"app.userId":null})", R"({"COUNT":1,"app.userId":"bert"})"));
}

TEST_F(Columns, ACallOfAnotherKindChangesNothing) {
  export_spans({{"anna"}});
  const Json user = column("app.userId");
  const std::string target = "/1/columns/backend-flask/" + user["id"].get<std::string>();
  EXPECT_EQ(call("DELETE", target, {}, ingest_key).status, 401);
  EXPECT_EQ(call("PUT", target, R"({"type":"double"})").status, 422);
  EXPECT_EQ(call("POST", "/1/columns/backend-flask", R"({"key_name":"app.userId","hidden":true})").status, 409);
  EXPECT_EQ(column("app.userId"), user);
}

// Two environments have datasets of the same names and slugs: the id tells which is meant.
TEST_F(Columns, AreOfOneDatasetAlone) {
  for (const std::string_view key : {good_key, classic_key}) {
    for (const char* name : {R"({"name":"a b"})", R"({"name":"a-b!"})"}) {
      call("POST", "/1/datasets", name, key);
    }
  }
  const auto list = [&](const char* dataset, std::string_view key) {
    return call("GET", fmt::format("/1/columns/{}", dataset), {}, key).body;
  };
  const std::string long_text(5000, 'd');  // longer than what the journal keeps of replies to reads
  for (const std::string& text : {std::string("short"), long_text}) {
    const std::string body = Json{{"key_name", text.substr(0, 5)}, {"description", text}}.dump();
    EXPECT_EQ(call("POST", "/1/columns/a-b", body, classic_key).status, 201);
    EXPECT_EQ(call("POST", "/1/columns/a-b", body, classic_key).status, 409);
    EXPECT_EQ(list("a%20b", good_key), "[]");
    EXPECT_EQ(list("a-b!", classic_key), "[]");
    EXPECT_EQ(call("POST", "/1/columns/a-b-", body).status, 201);
    EXPECT_EQ(list("a%20b", good_key), "[]");
    const std::string id = json_of(call("GET", "/1/columns/a-b-?key_name=" + text.substr(0, 5)))["id"];
    EXPECT_EQ(call("DELETE", "/1/columns/a-b/" + id).status, 404);
    EXPECT_EQ(call("DELETE", "/1/columns/a-b-/" + id, {}, classic_key).status, 404);
    EXPECT_EQ(call("DELETE", "/1/columns/a-b-/" + id).status, 204);
    EXPECT_EQ(call("DELETE", "/1/columns/a-b-/" + id).status, 404);
  }
  EXPECT_EQ(json_of(call("GET", "/1/columns/a%20b", {}, classic_key)).size(), 2);
}

// Data points that make no events make a dataset, which may be given columns.
TEST_F(Columns, ADatasetWithoutEventsMayHaveThem) {
  settings({{"metrics_mapping", "native"}});
  ASSERT_EQ(send(protobuf(metrics_of("backend-flask")).to("/v1/metrics")).status, 200);
  EXPECT_EQ(call("GET", "/1/columns/unknown_metrics").body, "[]");
  EXPECT_EQ(call("POST", "/1/columns/unknown_metrics", R"({"key_name":"a"})").status, 201);
  EXPECT_EQ(json_of(call("GET", "/1/columns/unknown_metrics?key_name=a"))["type"], "string");
}

TEST_F(Columns, AnotherTypeMakesOtherValues) {
  export_spans({{"12"}, {"x"}});
  const std::string id = column("app.userId")["id"].get<std::string>();
  const std::string_view sum = R"({"calculations":[{"op":"SUM","column":"app.userId"}]})";
  EXPECT_THAT(rows(ask(sum)), ElementsAre(R"j({"SUM(app.userId)":null})j"));
  EXPECT_EQ(call("PUT", "/1/columns/backend-flask/" + id, R"({"type":"integer"})").status, 200);
  EXPECT_THAT(rows(ask(sum)), ElementsAre(R"j({"SUM(app.userId)":12})j"));
}

TEST_F(Columns, BadOnesAreRefused) {
  export_spans({{"anna"}});
  for (const char* body : {"{}", R"({"key_name":""})", R"({"key_name":"  "})"}) {
    const auto reply = call("POST", "/1/columns/backend-flask", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.body, R"({"error":"Key name cannot be blank"})");
  }
  for (const char* body :
       {R"({"key_name":"a","type":"double"})", R"({"key_name":5})", R"({"key_name":"a","hidden":1})"}) {
    EXPECT_EQ(call("POST", "/1/columns/backend-flask", body).status, 422) << body;
  }
  EXPECT_EQ(call("POST", "/1/columns/backend-flask", R"({"key_name":"a"})", ingest_key).status, 401);
  std::string name;  // of 255 characters and twice as many bytes
  for (int i = 0; i < 255; ++i) name += "\xC3\xA4";
  EXPECT_EQ(call("POST", "/1/columns/backend-flask", Json{{"key_name", name}}.dump()).status, 201);
  EXPECT_EQ(call("POST", "/1/columns/backend-flask", Json{{"key_name", name + "a"}}.dump()).status, 422);
}

}  // namespace
}  // namespace understudy::honeycomb
