#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>
#include <thread>

#include "tests/program/running.h"

namespace understudy::program {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

class Commands : public ::testing::Test {
 protected:
  Commands() {
    server.send_spans();
    server.send_item("first");
    server.send_item("second", "warning");
  }
  Server server;
};

TEST_F(Commands, ShowSpansAsATable) {
  const auto shown = server.command({"show", "spans"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(lines(shown.out),
              ElementsAre(MatchesRegex("TIME +DURATION  STATUS  KIND +SERVICE  TRACE +ID +NAME"),
                          "22:13:20.000   12.5 ms  UNSET   SERVER    shop     0102030405060708090a0b0c0d0e0f10  "
                          "default/1/0  GET /cart",
                          "22:13:20.001    850 us  ERROR   INTERNAL  shop     0102030405060708090a0b0c0d0e0f10  "
                          "default/1/1  price"));
}

TEST(Explain, TellsOneFindingAndListsAll) {
  const auto one = run({"explain", "xray.segment.trace-id-too-old"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out,
              AllOf(StartsWith("xray.segment.trace-id-too-old\n"), HasSubstr("\n  mend "), HasSubstr("docs:")));
  const auto all = json::parse(run({"explain", "--format", "json"}).out);
  EXPECT_GT(all.size(), 50);
  const auto slip = run({"explain", "xray.segment.trace-id-to-old"});
  EXPECT_EQ(slip.code, 2);
  EXPECT_THAT(slip.err, HasSubstr("did you mean xray.segment.trace-id-too-old?"));
}

TEST_F(Commands, ShowTraces) {
  const auto shown = server.command({"show", "traces"});
  ASSERT_EQ(lines(shown.out).size(), 2) << shown.out << shown.err;
  EXPECT_THAT(lines(shown.out)[1],
              MatchesRegex("22:13:20.000   12.5 ms +2 +1  shop +0102030405060708090a0b0c0d0e0f10  GET /cart"));
}

TEST_F(Commands, ShowFilters) {
  EXPECT_EQ(lines(server.command({"show", "spans", "--where", "duration_ms > 1"}).out).size(), 2);
  EXPECT_EQ(
      lines(server.command({"show", "items", "--where", "level = error", "--where", "environment = test"}).out).size(),
      2);
  EXPECT_EQ(lines(server.command({"show", "items", "--limit", "1"}).out).size(), 2);
  EXPECT_THAT(server.command({"show", "items", "--limit", "1"}).err, HasSubstr("more than 1"));
  EXPECT_EQ(server.command({"show", "items", "--limit", "2"}).err, "");
  EXPECT_EQ(server.command({"show", "items", "--after", "99"}).err, "understudy: no items\n");
}

TEST_F(Commands, ShowJsonAndNdjson) {
  const auto list = json::parse(server.command({"show", "items", "--format", "json"}).out);
  ASSERT_EQ(list.size(), 2);
  EXPECT_EQ(list[0]["kind"], "item");
  const auto text = server.command({"show", "items", "--format", "ndjson"}).out;
  EXPECT_EQ(json::parse(lines(text)[1])["fields"]["body"]["message"]["body"], "second");
  EXPECT_EQ(json::parse(server.command({"show", "segments", "--format", "json"}).out), json::array());
}

TEST_F(Commands, ShowExchangesAndFindings) {
  const auto exchanges = server.command({"show", "exchanges", "--vendor", "rollbar"});
  EXPECT_EQ(lines(exchanges.out).size(), 3) << exchanges.err;
  EXPECT_THAT(exchanges.out, HasSubstr("POST /api/1/item/"));
  server.post("honeycomb_http", "/v1/traces", "{}");
  const auto findings = server.command({"show", "findings", "--vendor", "honeycomb"});
  EXPECT_GE(lines(findings.out).size(), 2) << findings.err;
}

TEST_F(Commands, ShowOneEntryWithAllItsParts) {
  const auto item = server.command({"show", "items", "--format", "json"});
  const std::string id = json::parse(item.out)[0]["id"];
  const auto one = server.command({"show", id, "--bytes", "16"});
  EXPECT_EQ(one.code, 0) << one.err;
  for (const char* part :
       {"POST /api/1/item/", "-> 200", "\nhead\n", "\nrecords\n", "\"level\": \"error\"", "\nreply\n",
        "00000000  7b 22 61 63 63 65 73 73  5f 74 6f 6b 65 6e 22 3a  |{\"access_token\":|",
        "more bytes: --bytes 0 shows all"}) {
    EXPECT_THAT(one.out, HasSubstr(part));
  }
}

TEST_F(Commands, TokensAreMaskedUnlessAskedFor) {
  const std::string token = "0123456789abcdef0123456789abcdef";
  const std::string id = json::parse(server.command({"show", "items", "--format", "json"}).out)[0]["id"];
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"show", id, "--bytes", "0"}, {"show", id, "--format", "json"}, {"export"}, {"show", "exchanges"}}) {
    EXPECT_THAT(server.command(arguments).out, Not(HasSubstr(token))) << arguments[0];
  }
  EXPECT_THAT(server.command({"show", id, "--bytes", "0"}).out, HasSubstr("|\"0123***********|"));
  EXPECT_THAT(server.command({"show", id, "--bytes", "0", "--show-secrets"}).out, HasSubstr("|\"0123456789abcde|"));
}

TEST_F(Commands, AJournalShowsWhatItsServerShows) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"show", "spans"},
                                                                     {"show", "traces"},
                                                                     {"show", "items", "--where", "level = error"},
                                                                     {"show", "exchanges"},
                                                                     {"show", "findings"},
                                                                     {"show", "1"},
                                                                     {"show", "1", "--format", "json"},
                                                                     {"export"}}) {
    server.post("console", "/v1/sync", "{}");
    auto from_disk = arguments;
    from_disk.insert(from_disk.end(), {"--journal", server.captures()});
    const auto disk = run(from_disk);
    EXPECT_EQ(disk.code, 0) << disk.err;
    EXPECT_EQ(disk.out, server.command(arguments).out) << arguments[1];
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(lines(run({"show", "items", "--journal", server.captures()}).out).size(), 3);
  EXPECT_EQ(lines(run({"show", "items", "--journal", server.captures() + "/default"}).out).size(), 3);
}

// The last datagram of a program that has just ended may still be in the socket.
TEST(Url, SyncsOnceBeforeItReads) {
  std::vector<std::string> asked;
  httplib::Server console;
  const auto answer = [&](const httplib::Request& request, httplib::Response& response) {
    asked.push_back(request.method + ' ' + request.path + ' ' + request.get_param_value("session"));
    response.set_content(R"({"records": [], "findings": []})", "application/json");
  };
  console.Post(".*", answer);
  console.Get(".*", answer);
  const std::string url = fmt::format("http://127.0.0.1:{}", console.bind_to_any_port("127.0.0.1"));
  std::jthread serving([&] { console.listen_after_bind(); });
  const auto exported = run({"export", "--url", url, "--session", "mine"});
  console.stop();
  serving.join();
  EXPECT_EQ(exported.code, 0) << exported.err;
  ASSERT_GE(asked.size(), 3);
  EXPECT_EQ(asked[0], "POST /v1/sync mine");
  EXPECT_THAT(std::vector(asked.begin() + 1, asked.end()), Each(StartsWith("GET /v1/")));
}

TEST_F(Commands, ExportWritesRecordsAndThenFindings) {
  server.post("honeycomb_http", "/v1/traces", "{}");
  const std::string file = (server.folder / "out.ndjson").string();
  EXPECT_EQ(server.command({"export", "-o", file}).code, 0);
  std::FILE* opened = std::fopen(file.c_str(), "r");
  ASSERT_NE(opened, nullptr);
  const auto written = lines(whole(opened));
  std::fclose(opened);
  ASSERT_GE(written.size(), 5);
  EXPECT_EQ(json::parse(written[0])["kind"], "span");
  EXPECT_TRUE(json::parse(written.back()).contains("finding"));
  EXPECT_EQ(server.command({"export", "-o", "/nowhere/out"}).code, 2);
  EXPECT_THAT(server.command({"export", "-o", "/nowhere/out"}).err, HasSubstr("cannot write /nowhere/out"));
}

TEST_F(Commands, TailShowsWhatComesIn) {
  Finished over_http, from_disk;
  std::thread http([&] { over_http = server.command({"tail", "--kind", "item", "--count", "3", "--after", "0"}); });
  std::thread disk([&] {
    from_disk = run({"tail", "--kind", "item", "--count", "3", "--after", "0", "--format", "ndjson", "--journal",
                     server.captures()});
  });
  server.send_item("third");
  http.join();
  disk.join();
  ASSERT_EQ(lines(over_http.out).size(), 3) << over_http.err;
  EXPECT_THAT(lines(over_http.out)[2], MatchesRegex(".* rollbar +item +default/[0-9]+/0 .*  third"));
  ASSERT_EQ(lines(from_disk.out).size(), 3) << from_disk.err;
  EXPECT_EQ(json::parse(lines(from_disk.out)[2])["fields"]["body"]["message"]["body"], "third");
}

TEST_F(Commands, EnvPrintsWhatToSet) {
  const auto shell = server.command({"env"});
  EXPECT_THAT(shell.out, HasSubstr("export UNDERSTUDY_URL=" + server.url + "\n"));
  EXPECT_THAT(shell.out, HasSubstr("export OTEL_EXPORTER_OTLP_ENDPOINT=" +
                                   server.ready["urls"]["honeycomb_http"].get<std::string>()));
  const auto as_json = json::parse(server.command({"env", "--format", "json"}).out);
  EXPECT_EQ(as_json, server.ready["environment"]);
  EXPECT_THAT(server.command({"env", "--format", "compose"}).out, StartsWith("environment:\n  "));
  EXPECT_THAT(server.command({"env", "--format", "dotenv"}).out, HasSubstr("UNDERSTUDY_URL=\"" + server.url + "\"\n"));
  EXPECT_GT(json::parse(server.command({"env", "--format", "json", "--fast-flush"}).out).size(), as_json.size());
  EXPECT_THAT(server.command({"env", "--session", "x"}).err, HasSubstr("has no session \"x\""));
}

TEST_F(Commands, TheUrlComesFromTheEnvironmentToo) {
  EXPECT_EQ(lines(run({"show", "items"}, {"UNDERSTUDY_URL=" + server.url}).out).size(), 3);
}

// ---- what is wrong

TEST_F(Commands, MistakesAreNamedWithTheirMend) {
  const auto error = [&](const std::vector<std::string>& arguments) {
    const auto finished = server.command(arguments);
    EXPECT_EQ(finished.code, 2) << finished.out;
    EXPECT_EQ(finished.out, "");
    EXPECT_EQ(lines(finished.err).size(), 1) << finished.err;
    return finished.err;
  };
  EXPECT_THAT(error({"show", "span"}), HasSubstr("did you mean spans?"));
  EXPECT_THAT(error({"show", "a/b/c/d"}), HasSubstr("show one of traces"));
  EXPECT_THAT(error({"show", "spans", "--where", "name == x"}), HasSubstr("write \"=\""));
  EXPECT_THAT(error({"show", "spans", "--vendor", "datadog"}), HasSubstr("use one of honeycomb"));
  EXPECT_THAT(error({"show", "spans", "--after", "x"}), HasSubstr("the number of an entry"));
  EXPECT_THAT(error({"show", "999"}), HasSubstr("there is no entry 999"));
  EXPECT_THAT(error({"show", "spans", "--session", "x"}), HasSubstr("no session is named \"x\""));
  EXPECT_THAT(error({"tail", "--session", "x"}), HasSubstr("no session is named \"x\""));
}

TEST_F(Commands, SomethingElseAtTheUrlIsNamed) {
  const auto finished = run({"show", "spans", "--url", server.ready["urls"]["rollbar"]});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.err, HasSubstr("is not Understudy's console"));
}

TEST(CommandsAlone, AConnectionRefusedNamesTheUrlAndTheMend) {
  int port = 0;
  {
    Server gone;
    port = gone.ready["ports"]["console"];
  }
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  for (const char* command : {"export", "tail", "env"}) {
    const auto finished = run({command, "--url", url});
    EXPECT_EQ(finished.code, 2) << command;
    EXPECT_EQ(finished.err, "understudy: nothing answers at " + url +
                                ": start it with \"understudy serve\", or name another with --url or UNDERSTUDY_URL\n");
  }
}

TEST_F(Commands, HealthIsGreenAndExitCode0) {
  const auto health = server.command({"health"});
  EXPECT_EQ(health.code, 0) << health.err;
  EXPECT_EQ(health.out, "green\n");
}

TEST(CommandsAlone, HealthOfAFullSessionIsRedWithTheReasonAndExitCode1) {
  const std::vector<std::string> bound = {"--max-bytes", "500"};
  Server server(bound);
  server.send_item("first");
  const auto health = server.command({"health"});
  EXPECT_EQ(health.code, 1) << health.err;
  EXPECT_THAT(health.out, ::testing::AllOf(StartsWith("red\n"), HasSubstr("--max-bytes")));
}

TEST(CommandsAlone, HealthWithoutAServerIsExitCode1) {
  const auto health = run({"health", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(health.code, 1);
  EXPECT_THAT(health.err, HasSubstr("nothing answers at http://127.0.0.1:1"));
}

TEST(CommandsAlone, AFolderWithoutAJournalIsNamed) {
  const auto finished = run({"show", "spans", "--journal", "/nowhere"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.err, HasSubstr("/nowhere/default holds no journal"));
}

TEST(CommandsAlone, HelpFitsAScreenAndHasAnExample) {
  for (const char* command : {"serve", "show", "tail", "export", "env", "check", "health", "explain", "ca"}) {
    const auto help = run({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_LE(lines(help.out).size(), 40) << command;
    EXPECT_THAT(help.out, HasSubstr("Example")) << command;
  }
}

TEST(CommandsAlone, UnknownCommandsAndFlagsAreExitCode2) {
  const auto expect_one_line = [](const std::vector<std::string>& arguments, std::string_view named) {
    const auto refused = run(arguments);
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(lines(refused.err).size(), 1) << refused.err;
    EXPECT_THAT(refused.err, AllOf(HasSubstr(std::string(named)), HasSubstr("--help")));
  };
  expect_one_line({"shwo"}, "shwo");
  expect_one_line({"show", "spans", "--fromat", "json"}, "--fromat");
  expect_one_line({"show", "spans", "--format", "xml"}, "xml");
  expect_one_line({"serve", "--ports", "some"}, "some");
  expect_one_line({"serve", "--rollbar-port", "70000"}, "70000");
}

}  // namespace
}  // namespace understudy::program
