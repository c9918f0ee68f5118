#include "tests/console/fixture.h"

namespace understudy::console {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Guard = ConsoleTest;
using Routing = ConsoleTest;
using SessionsApi = ConsoleTest;
using SettingsApi = ConsoleTest;
using RecordsApi = ConsoleTest;
using WaitApi = ConsoleTest;
using StreamApi = ConsoleTest;

// ---- who may ask

TEST_F(Guard, ThisMachinesNamesAreItsOwn) {
  for (const char* host : {"localhost", "LOCALHOST:4700", "127.0.0.1:4700", "[::1]:4700", "[::1]"}) {
    EXPECT_EQ(ask("GET", "/v1/health", "", {{"Host", host}})->answer.status, 200) << host;
  }
}

TEST_F(Guard, AForeignHostIsRefusedWithTheMend) {
  for (const char* host : {"evil.example", "localhost.evil.example", "192.168.1.1:4700", "[fe80::1]", ""}) {
    const auto answer = ask("GET", "/v1/health", "", {{"Host", host}});
    EXPECT_EQ(answer->answer.status, 403) << host;
    EXPECT_THAT(answer->json()["mend"], HasSubstr("http://localhost"));
  }
  EXPECT_EQ(ask("GET", "/v1/health", "", {})->answer.status, 403);
}

TEST_F(Guard, PagesOfOthersMayNotWrite) {
  const auto status = [this](const char* method, const char* origin) {
    return ask(method, method == std::string_view("GET") ? "/v1/health" : "/v1/reset", "",
               {{"Host", "localhost"}, {"Origin", origin}})
        ->answer.status;
  };
  EXPECT_EQ(status("POST", "https://evil.example"), 403);
  EXPECT_EQ(status("POST", "null"), 403);
  EXPECT_EQ(status("POST", "http://localhost.evil.example"), 403);
  EXPECT_EQ(status("POST", "http://localhost:4700"), 200);
  EXPECT_EQ(status("POST", "http://[::1]:4700"), 200);
  EXPECT_EQ(status("GET", "https://evil.example"), 200);
}

// ---- where to

TEST_F(Routing, UnknownPathsNameTheNearestOne) {
  const auto body = get("/v1/recods", 404);
  EXPECT_EQ(body["error"], "there is nothing at /v1/recods");
  EXPECT_EQ(body["mend"], "try /v1/records");
  EXPECT_THAT(get("/nowhere/at/all", 404)["mend"], HasSubstr("/v1/openapi.json"));
  get("/v1/entries/1/nothing", 404);
  get("/v1/entries//body", 404);
  get("/v1/health/", 404);
}

TEST_F(Routing, WrongMethodsNameTheRightOnes) {
  const auto answer = ask("PATCH", "/v1/clock", "{}");
  EXPECT_EQ(answer->answer.status, 405);
  EXPECT_EQ(answer->header("Allow"), "GET, PUT");
  EXPECT_EQ(answer->json()["mend"], "use GET, PUT");
}

TEST_F(Routing, UnknownParametersNameTheNearestOne) {
  EXPECT_EQ(get("/v1/records?limt=3", 400)["mend"], "write limit=");
  EXPECT_THAT(get("/v1/health?limit=3", 400)["error"], HasSubstr("takes no parameter \"limit\""));
  EXPECT_THAT(get("/v1/records?limit=0", 400)["error"], HasSubstr("out of range"));
  EXPECT_THAT(get("/v1/records?limit=x", 400)["error"], HasSubstr("limit=x"));
  EXPECT_THAT(get("/v1/records?after=18446744073709551615", 400)["error"], HasSubstr("no whole number"));
  EXPECT_THAT(get("/v1/records?vendor=tyo", 400)["mend"], HasSubstr("toy, other"));
  EXPECT_THAT(get("/v1/entries?show_secrets=maybe", 400)["mend"], HasSubstr("show_secrets=1"));
}

TEST_F(Routing, BodiesMustBeJsonObjects) {
  const auto broken = post("/v1/wait", "{\"kind\": ", 400);
  EXPECT_EQ(broken["error"], "the body is not JSON");
  EXPECT_THAT(broken["mend"], HasSubstr("line 1"));
  EXPECT_THAT(post("/v1/wait", "[]", 400)["error"], HasSubstr("needs a JSON object"));
  EXPECT_THAT(post("/v1/wait", "", 400)["mend"], HasSubstr("Wait in /v1/openapi.json"));
  const std::string deep(100'000, '[');
  EXPECT_EQ(post("/v1/wait", deep, 400)["error"], "the body is not JSON");
  const auto coded = ask("POST", "/v1/wait", "{}", {{"Host", "localhost"}, {"Content-Encoding", "gzip"}});
  EXPECT_EQ(coded->answer.status, 415);
}

TEST_F(Routing, UnknownSessionsAreRefused) {
  EXPECT_THAT(get("/v1/records?session=mine", 404)["mend"], HasSubstr("use one of default"));
}

TEST_F(Routing, HelloNamesDoorsAndRoutes) {
  const auto answer = ask("GET", "/");
  EXPECT_EQ(answer->header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_THAT(answer->answer.body, HasSubstr("session default: 1 entries"));
  EXPECT_THAT(answer->answer.body, HasSubstr("/v1/records"));
}

// ---- sessions

TEST_F(SessionsApi, HealthIsGreenWhileEverythingIsKept) {
  send_span({{"name", "a"}});
  const auto body = get("/v1/health");
  EXPECT_EQ(body["status"], "green");
  EXPECT_EQ(body["session"], "default");
  EXPECT_EQ(body["entries"], 2);
  EXPECT_GT(body["bytes"], 0);
  EXPECT_EQ(body["reasons"], json::array());
}

TEST_F(SessionsApi, ASessionIsCreatedListedAndDeleted) {
  const auto created = post("/v1/sessions", R"({"name":"mine","ports":"auto","seed":7})", 201);
  EXPECT_EQ(created["name"], "mine");
  EXPECT_GT(created["ports"]["toy_http"], 0);
  EXPECT_THAT(created["urls"]["toy_http"].get<std::string>(), StartsWith("http://127.0.0.1:"));
  EXPECT_EQ(created["environment"]["TOY_URL"], created["urls"]["toy_http"]);
  EXPECT_EQ(get("/v1/sessions")["sessions"].size(), 2);
  EXPECT_EQ(get("/v1/sessions?fast_flush=1")["sessions"][1]["environment"]["TOY_DELAY"], "10");
  EXPECT_THAT(post("/v1/sessions", R"({"name":"mine"})", 409)["error"], HasSubstr("exists already"));
  EXPECT_EQ(ask("DELETE", "/v1/sessions/mine")->answer.status, 200);
  EXPECT_EQ(ask("DELETE", "/v1/sessions/mine")->answer.status, 404);
  EXPECT_EQ(ask("DELETE", "/v1/sessions/default")->answer.status, 409);
  EXPECT_EQ(get("/v1/sessions")["sessions"].size(), 1);
}

TEST_F(SessionsApi, ASessionMayBringItsAccountsAndSettings) {
  post("/v1/sessions", R"({"name":"mine","accounts":{"toy":{"keys":[]}},"settings":{"toy":{"strict":true}}})", 201);
  EXPECT_EQ(get("/v1/accounts?session=mine")["toy"]["keys"], json::array());
  EXPECT_EQ(get("/v1/settings?session=mine")["toy"]["strict"], true);
  EXPECT_THAT(post("/v1/sessions", R"({"name":"other","accounts":{"toy":3}})", 400)["error"],
              HasSubstr("accounts: toy: an object is wanted"));
  EXPECT_EQ(get("/v1/sessions")["sessions"].size(), 2);  // the other one is not there
}

TEST_F(SessionsApi, RecordsOfSessionsAreApart) {
  post("/v1/sessions", R"({"name":"mine"})", 201);
  send({{"records", {{{"kind", "span"}}}}}, "", "mine");
  EXPECT_EQ(get("/v1/records")["records"].size(), 0);
  EXPECT_EQ(get("/v1/records?session=mine")["records"][0]["id"], "mine/1/0");
}

TEST_F(SessionsApi, WhatIsWrongWithANewSession) {
  EXPECT_THAT(post("/v1/sessions", "{}", 400)["error"], HasSubstr("\"name\" must be a string"));
  EXPECT_THAT(post("/v1/sessions", R"({"name":"../x"})", 400)["error"], HasSubstr("is no session name"));
  EXPECT_THAT(post("/v1/sessions", R"({"name":"x","ports":4})", 400)["error"], HasSubstr("\"ports\""));
  EXPECT_THAT(post("/v1/sessions", R"({"name":"x","seed":-1})", 400)["error"], HasSubstr("\"seed\""));
  EXPECT_THAT(post("/v1/sessions", R"({"name":"x","credentials":"k"})", 400)["error"], HasSubstr("\"credentials\""));
  EXPECT_EQ(post("/v1/sessions", R"({"name":"x","prots":"auto"})", 400)["mend"], "write \"ports\"");
}

TEST_F(SessionsApi, ResetBeginsViewsAnew) {
  send_span({{"name", "a"}});
  EXPECT_EQ(post("/v1/reset", "")["entry"], 2);
  EXPECT_EQ(get("/v1/records")["records"].size(), 0);
  send_span({{"name", "b"}});
  EXPECT_EQ(get("/v1/records")["records"][0]["fields"]["name"], "b");
}

// ---- settings

TEST_F(SettingsApi, TheClockMovesAndFreezes) {
  EXPECT_EQ(get("/v1/clock")["offset_ms"], 0);
  EXPECT_EQ(put("/v1/clock", R"({"offset_ms":-3600000})")["offset_ms"], -3600000);
  const auto frozen = put("/v1/clock", R"({"freeze":"2026-01-01T00:00:00Z"})");
  EXPECT_EQ(frozen["freeze"], "2026-01-01T00:00:00.000000000Z");
  EXPECT_EQ(frozen["now"], frozen["freeze"]);
  EXPECT_EQ(put("/v1/clock", "{}")["freeze"], nullptr);
}

TEST_F(SettingsApi, WhatIsWrongWithAClock) {
  for (const char* body :
       {R"({"offset_ms":1.5})", R"({"offset_ms":9223372036854775807})", R"({"offset_ms":-9223372036854775808})",
        R"({"offset_ms":18446744073709551615})", R"({"freeze":"yesterday"})",
        R"({"freeze":"2026-01-01T00:00:00Z","offset_ms":1})", R"({"speed":2})"}) {
    EXPECT_THAT(put("/v1/clock", body, 400)["mend"], HasSubstr("offset_ms")) << body;
  }
}

TEST_F(SettingsApi, FaultsAreSetListedUsedUpAndCleared) {
  const auto fault = post("/v1/faults", R"({"vendor":"toy","action":"status","status":503,"count":1})", 201);
  EXPECT_THAT(fault["id"].get<std::string>(), StartsWith("fault-"));
  EXPECT_EQ(get("/v1/faults")["faults"].size(), 1);
  const std::uint64_t entry = send_span({{"name", "a"}});
  EXPECT_EQ(get("/v1/entries/" + std::to_string(entry))["fault"]["id"], fault["id"]);
  EXPECT_EQ(get("/v1/faults")["faults"].size(), 0);
  post("/v1/faults", R"({"action":"reset"})", 201);
  EXPECT_EQ(ask("DELETE", "/v1/faults")->answer.status, 200);
  EXPECT_EQ(get("/v1/faults")["faults"].size(), 0);
  EXPECT_THAT(post("/v1/faults", R"({"vendor":"nobody"})", 400)["error"], HasSubstr("is no vendor"));
  EXPECT_THAT(post("/v1/faults", R"({"status":7})", 400)["error"], HasSubstr("\"status\""));
}

TEST_F(SettingsApi, AccountsAreShownMasked) {
  put("/v1/accounts", R"({"toy":{"keys":[{"key":"0123456789abcdef0123","name":"mine"}]}})");
  const auto masked = get("/v1/accounts");
  EXPECT_EQ(masked["toy"]["keys"][0]["key"], "0123****************");
  EXPECT_EQ(masked["toy"]["keys"][0]["name"], "mine");
  EXPECT_EQ(get("/v1/accounts?show_secrets=1")["toy"]["keys"][0]["key"], "0123456789abcdef0123");
  EXPECT_THAT(put("/v1/accounts", R"({"nobody":{}})", 400)["error"], HasSubstr("is no vendor"));
  EXPECT_THAT(put("/v1/accounts", R"({"toy":3})", 400)["error"], HasSubstr("toy: an object is wanted"));
}

TEST_F(SettingsApi, SettingsAreKept) {
  put("/v1/settings", R"({"toy":{"strict":true}})");
  EXPECT_EQ(get("/v1/settings")["toy"]["strict"], true);
}

TEST_F(SettingsApi, WhatTheHarnessSentIsRecorded) {
  const auto entry = post("/v1/driven", R"({"method":"GET","url":"http://backend/x","status":200,
      "request_headers":{"Authorization":"Bearer abcdefghijklmnopqrst"},"response_headers":{"x-trace":"1"}})",
                          201)["entry"];
  const auto shown = get("/v1/entries/" + std::to_string(entry.get<int>()));
  EXPECT_EQ(shown["kind"], "driven");
  EXPECT_EQ(shown["text"]["url"], "http://backend/x");
  EXPECT_EQ(shown["text"]["request_headers"]["Authorization"], "Bearer abcd****************");
  EXPECT_THAT(post("/v1/driven", R"({"method":"GET"})", 400)["error"], HasSubstr("\"url\" must be a string"));
  EXPECT_THAT(post("/v1/driven", R"({"method":"GET","url":"x","status":"200"})", 400)["error"],
              HasSubstr("\"status\""));
  EXPECT_THAT(post("/v1/driven", R"({"method":"GET","url":"x","status":200,"headers":{}})", 400)["error"],
              HasSubstr("unknown member"));
}

// ---- records and entries

TEST_F(RecordsApi, RecordsHaveTheOneForm) {
  send_span({{"name", "a"}});
  const auto record = get("/v1/records")["records"][0];
  EXPECT_EQ(record["id"], "default/1/0");
  EXPECT_EQ(record["vendor"], "toy");
  EXPECT_EQ(record["kind"], "span");
  EXPECT_EQ(record["session"], "default");
  EXPECT_EQ(record["entry"], 1);
  EXPECT_TRUE(record["time"].is_string());
  EXPECT_EQ(record["fields"], ordered_json({{"name", "a"}}));
}

TEST_F(RecordsApi, RecordsAreFilteredAndPaged) {
  for (int i = 0; i < 5; ++i) send_span({{"n", i}});
  EXPECT_EQ(get("/v1/records?where=%5B%7B%22field%22:%22n%22,%22op%22:%22%3E%22,%22value%22:2%7D%5D")["records"].size(),
            2);
  EXPECT_EQ(get("/v1/records?where=n+%3E+2&where=n+%3C+4")["records"].size(), 1);
  EXPECT_EQ(get("/v1/records?vendor=other")["records"].size(), 0);
  EXPECT_EQ(get("/v1/records?kind=item")["records"].size(), 0);
  const auto first = get("/v1/records?limit=2");
  EXPECT_EQ(first["records"].size(), 2);
  const auto rest = get("/v1/records?after=" + std::to_string(first["next_after"].get<int>()));
  EXPECT_EQ(rest["records"].size(), 3);
  EXPECT_EQ(rest["next_after"], 5);
  EXPECT_EQ(get("/v1/records?after=5")["records"].size(), 0);
  EXPECT_THAT(get("/v1/records?where=n", 400)["error"], HasSubstr("has no operator"));
  EXPECT_THAT(get("/v1/records?where=%5B1%5D", 400)["error"], HasSubstr("where[0]"));
  EXPECT_THAT(get("/v1/records?where=%5B", 400)["error"], HasSubstr("where is not JSON"));
}

TEST_F(RecordsApi, BytesThatAreNotTextDoNotBreakTheReply) {
  send({{"findings", {{{"id", "toy.odd"}, {"place", "a"}}}}}, "X-Odd: \xff\xfe\r\n");
  EXPECT_TRUE(get("/v1/entries/1").is_object());
}

TEST_F(RecordsApi, EntriesAreListed) {
  const std::uint64_t entry = send({{"findings", {{{"id", "toy.odd"}, {"place", "a"}}}}});
  auto line = get("/v1/entries?kind=exchange&vendor=toy")["entries"][0];
  EXPECT_EQ(line["ordinal"], entry);
  EXPECT_EQ(line["kind"], "exchange");
  EXPECT_EQ(line["door"], "toy_http");
  EXPECT_EQ(line["method"], "POST");
  EXPECT_EQ(line["target"], "/toy?x=1&access_token=0123****************");
  EXPECT_EQ(line["status"], 200);
  EXPECT_EQ(line["findings"], 1);
  EXPECT_EQ(line["reply_bytes"], 5);
  EXPECT_EQ(line["answered"], nullptr);
  session()->left(entry, recording::Outcome::written);
  session()->flush_outcomes();
  const auto all = get("/v1/entries");
  EXPECT_EQ(all["entries"][0]["answered"], true);
  EXPECT_EQ(all["entries"][1]["kind"], "outcome");
  EXPECT_EQ(all["next_after"], 2);
  EXPECT_EQ(get("/v1/entries?kind=outcome")["entries"].size(), 1);
  EXPECT_THAT(get("/v1/entries?kind=span", 400)["mend"], HasSubstr("exchange, fragment"));
}

TEST_F(RecordsApi, AnEntryIsShownWithItsParts) {
  const std::uint64_t entry =
      send({{"findings", {{{"id", "toy.wrong"}, {"place", "a"}, {"offset", 3}, {"length", 4}}}}},
           "X-Honeycomb-Team: 0123456789abcdef0123\r\n");
  const auto shown = get("/v1/entries/" + std::to_string(entry));
  EXPECT_THAT(shown["head"].get<std::string>(), HasSubstr("X-Honeycomb-Team: 0123****************\r\n"));
  EXPECT_EQ(shown["headers"][0]["name"], "Host");
  EXPECT_EQ(shown["headers"][1]["value"], "0123****************");
  EXPECT_EQ(shown["reply"]["status"], 200);
  EXPECT_EQ(shown["findings"][0]["mend"], "Mend it now.");
  EXPECT_EQ(shown["findings"][0]["bytes"]["offset"], 3);
  const auto open = get("/v1/entries/" + std::to_string(entry) + "?show_secrets=1");
  EXPECT_THAT(open["head"].get<std::string>(), HasSubstr("0123456789abcdef0123"));
  EXPECT_THAT(get("/v1/entries/99", 404)["mend"], HasSubstr("the last one is 1"));
  get("/v1/entries/x", 404);
  get("/v1/entries/-1", 404);
}

TEST_F(RecordsApi, RawBytesAreServedWithTokensMaskedInTheirLength) {
  const std::string body = R"({"access_token" : "0123456789abcdef0123","data":{}})";
  const std::uint64_t entry = send_text(body);
  const std::string path = "/v1/entries/" + std::to_string(entry);
  const auto masked = ask("GET", path + "/body");
  EXPECT_EQ(masked->answer.body, R"({"access_token" : "0123****************","data":{}})");
  EXPECT_EQ(masked->header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(masked->header("Content-Disposition"), "attachment; filename=\"default-1-body.bin\"");
  EXPECT_EQ(masked->header("X-Understudy-Masked"), "1");
  const auto raw = ask("GET", path + "/body?show_secrets=1");
  EXPECT_EQ(raw->answer.body, body);
  EXPECT_EQ(raw->header("X-Understudy-Masked"), "");
  EXPECT_THAT(ask("GET", path + "/head")->answer.body, StartsWith("POST /toy?x=1&access_token=0123*"));
  EXPECT_EQ(ask("GET", path + "/reply")->answer.body, "taken");
}

TEST_F(RecordsApi, FindingsAreFoldedAndFiltered) {
  for (int i = 0; i < 3; ++i) send({{"findings", {{{"id", "toy.odd"}, {"place", "a"}}}}});
  send({{"findings", {{{"id", "toy.wrong"}, {"place", "a"}}}}});
  const auto all = get("/v1/findings")["findings"];
  ASSERT_EQ(all.size(), 2);
  EXPECT_EQ(all[0]["id"], "toy.wrong");
  EXPECT_EQ(all[1]["count"], 3);
  EXPECT_EQ(get("/v1/findings?severity=error")["findings"].size(), 1);
  EXPECT_EQ(get("/v1/findings?vendor=other")["findings"].size(), 0);
  EXPECT_THAT(get("/v1/findings?severity=bad", 400)["mend"], HasSubstr("warning"));
}

TEST_F(RecordsApi, TheProofHolds) {
  send_span({{"name", "a"}});
  const auto proof = get("/v1/proof");
  EXPECT_EQ(proof["holds"], true);
  EXPECT_EQ(proof["vendors"]["toy"]["decided_again"], 1);
}

// ---- waiting

TEST_F(WaitApi, SyncAnswersOnceSocketsAreDrained) {
  loop.on_drain = [this] { send_span({{"name", "late"}}); };
  EXPECT_EQ(post("/v1/sync", "{}")["entry"], 1);
  EXPECT_EQ(loop.drains, 1);
}

TEST_F(WaitApi, IsMetByWhatComesLater) {
  const auto answer = begin("POST", "/v1/wait", R"({"kind":"span","where":[{"field":"name","op":"=","value":"a"}]})");
  EXPECT_EQ(answer->replies, 0);
  send_span({{"name", "a"}});
  ASSERT_TRUE(loop.run_until([&] { return answer->replies > 0; }));
  EXPECT_EQ(answer->json()["met"], true);
  EXPECT_EQ(answer->json()["records"][0]["fields"]["name"], "a");
}

TEST_F(WaitApi, ATimeOutAnswersTheNearestMiss) {
  send_span({{"name", "b"}});
  const auto answer =
      begin("POST", "/v1/wait", R"({"kind":"span","where":[{"field":"name","op":"=","value":"a"}],"timeout_ms":10})");
  session::QueryThread query([this](auto job) { loop.post(std::move(job)); });
  loop.advance(milliseconds(10), query);
  ASSERT_TRUE(loop.run_until([&] { return answer->replies > 0; }));
  EXPECT_EQ(answer->answer.status, 200);
  EXPECT_EQ(answer->json()["met"], false);
  EXPECT_EQ(answer->json()["nearest"]["record"]["fields"]["name"], "b");
  EXPECT_EQ(answer->json()["nearest"]["why"][0], "name is \"b\", wanted name = \"a\"");
  EXPECT_THAT(answer->json()["message"].get<std::string>(), HasSubstr("wanted at least 1 record of kind span"));
}

TEST_F(WaitApi, WhatIsWrongWithAWait) {
  EXPECT_EQ(post("/v1/wait", R"({"knd":"span"})", 400)["mend"], "write \"kind\"");
}

// ---- the stream

TEST_F(StreamApi, SendsRecordsAsTheyCome) {
  send_span({{"name", "before"}});
  const auto answer = begin("GET", "/v1/stream?kind=span");
  EXPECT_EQ(answer->header("Content-Type"), "text/event-stream");
  send_span({{"name", "a"}});
  send({{"records", {{{"kind", "item"}}}}});
  send_span({{"name", "b"}});
  const auto events = [&] { return std::count(answer->pieces.begin(), answer->pieces.end(), '{') / 2; };
  ASSERT_TRUE(loop.run_until([&] { return events() == 2; })) << answer->pieces;
  EXPECT_THAT(answer->pieces, HasSubstr("id: default/2/0\nevent: record\ndata: {\"id\":\"default/2/0\","));
  EXPECT_THAT(answer->pieces, HasSubstr("\"name\":\"b\""));
  EXPECT_THAT(answer->pieces, Not(HasSubstr("before")));
}

TEST_F(StreamApi, GoesOnAfterTheLastEventId) {
  send({{"records", {{{"fields", {{"n", 0}}}}, {{"fields", {{"n", 1}}}}}}});
  send_span({{"n", 2}});
  const auto answer = begin("GET", "/v1/stream", "", {{"Host", "localhost"}, {"Last-Event-ID", "default/1/0"}});
  ASSERT_TRUE(loop.run_until([&] { return answer->pieces.find("{\"n\":2}") != std::string::npos; }));
  EXPECT_THAT(answer->pieces, HasSubstr("id: default/1/1"));
  EXPECT_THAT(answer->pieces, Not(HasSubstr("id: default/1/0\n")));
  EXPECT_EQ(ask("GET", "/v1/stream", "", {{"Host", "localhost"}, {"Last-Event-ID", "x"}})->answer.status, 400);
}

TEST_F(StreamApi, BeginsAfterAnEntry) {
  send_span({{"n", 0}});
  send_span({{"n", 1}});
  const auto answer = begin("GET", "/v1/stream?after=1");
  ASSERT_TRUE(loop.run_until([&] { return answer->pieces.find("{\"n\":1}") != std::string::npos; }));
  EXPECT_THAT(answer->pieces, Not(HasSubstr("{\"n\":0}")));
}

TEST_F(StreamApi, EndsWhenThePeerIsGone) {
  const auto answer = begin("GET", "/v1/stream");
  answer->peer_gone = true;
  send_span({{"name", "a"}});
  EXPECT_TRUE(loop.run_until([&] { return answer->closed; }));
}

TEST_F(StreamApi, FindsOutThatASilentPeerIsGone) {
  const auto answer = begin("GET", "/v1/stream");
  session::QueryThread query([this](auto job) { loop.post(std::move(job)); });
  loop.advance(std::chrono::seconds(15), query);
  EXPECT_THAT(answer->pieces, HasSubstr(": still here"));
  answer->peer_gone = true;
  loop.advance(std::chrono::seconds(15), query);
  EXPECT_TRUE(loop.run_until([&] { return answer->closed; }));
}

TEST_F(StreamApi, NeedsHttp1) {
  const auto answer = begin("GET", "/v1/stream", "", {{"Host", "localhost"}}, recording::Protocol::http2);
  EXPECT_EQ(answer->answer.status, 505);
}

TEST_F(Routing, FragmentsAreAnsweredInWords) {
  using Reason = recording::Refusal::Reason;
  const auto status = [this](Reason reason) { return console.fragment({}, 0, {reason, "why"}).status; };
  EXPECT_EQ(status(Reason::body_too_large), 413);
  EXPECT_EQ(status(Reason::head_too_large), 431);
  EXPECT_EQ(status(Reason::bad_head), 400);
}

}  // namespace
}  // namespace understudy::console
