#include "cloudwatch_logs/insights.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr std::int64_t now = Lab::start_ms;  // 2026-11-21T00:55:19Z
constexpr std::int64_t second = now / 1000;

class Insights : public testing::Test {
 protected:
  Insights() { lab.make_stream(); }

  static json query_of(std::string_view text) {
    return {{"logGroupName", "g"}, {"startTime", second - 86'400}, {"endTime", second + 3600}, {"queryString", text}};
  }
  json results_of(const json& query) {
    const auto id = lab.ask("StartQuery", query.dump())["queryId"];
    return lab.ask("GetQueryResults", json({{"queryId", id}}).dump());
  }
  // Rows as "name=value name=value", without @ptr.
  std::vector<std::string> rows(std::string_view text) {
    std::vector<std::string> found;
    const auto results = results_of(query_of(text));
    for (const auto& row : results["results"]) {
      std::string line;
      for (const auto& field : row) {
        if (field["field"] == "@ptr") continue;
        if (!line.empty()) line += ' ';
        line += fmt::format("{}={}", field["field"].get<std::string>(), field["value"].get<std::string>());
      }
      found.push_back(line);
    }
    return found;
  }
  Refused refusal(std::string_view text) { return refused(lab.call("StartQuery", query_of(text).dump())); }

  // Of one event with that message.
  std::string value(std::string_view expression) {
    const auto found = rows(fmt::format("fields {} as v | display v", expression));
    return found.empty() ? "no row" : found.front();
  }

  Lab lab;
};

TEST_F(Insights, AnswersAsRecorded) {
  lab.put({{now, "hello"}});
  const auto started = lab.ask("StartQuery", query_of("fields @timestamp, @message, @logStream, @log").dump());
  EXPECT_THAT(started["queryId"].get<std::string>(), MatchesRegex("[0-9a-f-]{36}"));
  const auto body = lab.call("GetQueryResults", started.dump()).reply.body;
  EXPECT_THAT(body, StartsWith(R"({"queryLanguage":"CWLI","results":[[)"
                               R"({"field":"@timestamp","value":"2026-11-21 00:55:19.000"},)"
                               R"({"field":"@message","value":"hello"},{"field":"@logStream","value":"s"},)"
                               R"({"field":"@log","value":"000000000000:g"},{"field":"@ptr","value":")"));
  EXPECT_THAT(body, EndsWith(R"("}]],"statistics":{"bytesScanned":5.0,"estimatedBytesSkipped":0.0,)"
                             R"("estimatedRecordsSkipped":0.0,"logGroupsScanned":1.0,"recordsMatched":1.0,)"
                             R"("recordsScanned":1.0},"status":"Complete"})"));
}

TEST_F(Insights, ShowsTimeAndMessageNewestFirstUnlessToldOtherwise) {
  lab.put({{now, "1"}, {now + 1, "2"}});
  lab.put({{now + 1, "3"}});
  EXPECT_THAT(rows(""), ElementsAre("@timestamp=2026-11-21 00:55:19.001 @message=3",
                                    "@timestamp=2026-11-21 00:55:19.001 @message=2",
                                    "@timestamp=2026-11-21 00:55:19.000 @message=1"));
  EXPECT_THAT(rows("fields @message | sort @timestamp asc | limit 1"), ElementsAre("@message=1"));
  EXPECT_THAT(rows("fields @message | tail 1"), ElementsAre("@message=1"));
  EXPECT_THAT(rows("# a comment\nfields @timestamp\n| display @message | head 2"),
              ElementsAre("@message=3", "@message=2"));
}

TEST_F(Insights, KeepsToTheRangeInSecondsBothEndsIncluded) {
  lab.put({{now - 1, "before"}, {now, "first"}, {now + 999, "last"}, {now + 1000, "after"}});
  auto query = query_of("fields @message | sort @timestamp");
  query["startTime"] = query["endTime"] = second;
  const auto results = results_of(query);
  EXPECT_EQ(results["results"].size(), 2u);
  EXPECT_EQ(results["statistics"]["recordsScanned"], 2.0);
}

TEST_F(Insights, ReadsWhatThereWasWhenItStarted) {
  lab.put({{now, "1"}});
  const auto started = lab.ask("StartQuery", query_of("stats count(*) as n").dump());
  lab.put({{now, "2"}});
  const auto results = lab.ask("GetQueryResults", started.dump());
  EXPECT_EQ(results["results"][0][0]["value"], "1");
  EXPECT_EQ(lab.ask("GetQueryResults", started.dump()), results);
  EXPECT_EQ(results["results"][0].size(), 1u) << "no @ptr behind stats";
}

TEST_F(Insights, ReadsSeveralGroupsByNameOrArn) {
  lab.make_stream("h", "t");
  lab.put({{now, "in g"}});
  lab.put({{now + 1, "in h"}}, "h", "t");
  auto query = query_of("fields @message");
  query.erase("logGroupName");
  query["logGroupIdentifiers"] = {"g", "arn:aws:logs:us-east-1:000000000000:log-group:h"};
  EXPECT_EQ(results_of(query)["results"].size(), 2u);
  query.erase("logGroupIdentifiers");
  query["logGroupNames"] = {"h"};
  EXPECT_EQ(results_of(query)["results"].size(), 1u);
}

TEST_F(Insights, RunsTheQueriesOfTutorials) {
  lab.put({{now, R"({"level":"ERROR","queryType":"A","bytes":10,"src":{"addr":"x"},"ok":true})"},
           {now + 1, R"({"level":"INFO","queryType":"B","bytes":20,"src":{"addr":"y"},"ok":false})"},
           {now + 2, R"({"level":"ERROR","queryType":"A","bytes":30,"src":{"addr":"x"},"items":[{"id":7}]})"},
           {now + 3, "[WARN] disk Exception traceId 1-5f"}});
  EXPECT_THAT(rows(R"(filter level = "ERROR" | fields bytes | sort @timestamp desc)"),
              ElementsAre("bytes=30", "bytes=10"));
  EXPECT_THAT(
      rows("filter @message like /Exception/ | stats count(*) as exceptionCount by bin(1h) | sort exceptionCount desc"),
      ElementsAre("bin(1h)=2026-11-21 00:00:00.000 exceptionCount=1"));
  EXPECT_EQ(rows("fields @message | filter @message not like /Exception/").size(), 3u);
  EXPECT_THAT(rows("filter ispresent(queryType) | stats count(*) by queryType, bin(1h) | sort queryType"),
              ElementsAre("queryType=A bin(1h)=2026-11-21 00:00:00.000 count(*)=2",
                          "queryType=B bin(1h)=2026-11-21 00:00:00.000 count(*)=1"));
  EXPECT_THAT(rows("filter ispresent(bytes) | stats sum(bytes) as b by src.addr | sort b desc | limit 10"),
              ElementsAre("src.addr=x b=40", "src.addr=y b=20"));
  EXPECT_THAT(
      rows(
          R"(parse @message "[*] *" as loggingType, loggingMessage | filter loggingType = "WARN" | display loggingMessage)"),
      ElementsAre("loggingMessage=disk Exception traceId 1-5f"));
  EXPECT_THAT(rows(R"(parse @message /traceId (?<trace>\S+)/ | filter ispresent(trace) | display trace)"),
              ElementsAre("trace=1-5f"));
  EXPECT_THAT(rows("filter ok = 1 | display items.0.id, bytes"), ElementsAre("bytes=10"));
  EXPECT_THAT(rows("filter ispresent(items.0.id) | display items.0.id"), ElementsAre("items.0.id=7"));
  EXPECT_THAT(rows("fields level | filter level in [\"INFO\", 'WARN'] | display level"), ElementsAre("level=INFO"));
  EXPECT_THAT(rows("filter ispresent(level) | dedup level | display level, bytes"),
              ElementsAre("level=ERROR bytes=30", "level=INFO bytes=20"));
}

TEST_F(Insights, DiscoversTheFieldsOfLambdaLines) {
  lab.put({{now,
            "REPORT RequestId: 8f5\tDuration: 12.5 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: "
            "64 MB\tInit Duration: 100.1 ms\t\nXRAY TraceId: 1-5e SegmentId: 5b Sampled: true"},
           {now + 1, "START RequestId: 8f5 Version: $LATEST"}});
  EXPECT_THAT(
      rows(R"(filter @type = "REPORT" | stats avg(@duration), max(@duration), min(@billedDuration) by bin(5m))"),
      ElementsAre("bin(5m)=2026-11-21 00:55:00.000 avg(@duration)=12.5 max(@duration)=12.5 min(@billedDuration)=13"));
  EXPECT_THAT(rows(R"(filter @type = "REPORT" | stats max(@memorySize / 1000 / 1000) as given, )"
                   R"(max(@maxMemoryUsed / 1000 / 1000) as used, given - used as spare)"),
              ElementsAre("given=128 used=64 spare=64"));
  EXPECT_THAT(
      rows("display @type, @requestId, @xrayTraceId, @xraySegmentId | sort @timestamp"),
      ElementsAre("@type=REPORT @requestId=8f5 @xrayTraceId=1-5e @xraySegmentId=5b", "@type=START @requestId=8f5"));
}

TEST_F(Insights, Aggregates) {
  for (int i = 1; i <= 10; ++i)
    lab.put({{now + i, fmt::format(R"({{"n":{},"k":"{}"}})", i, i % 2 == 0 ? "even" : "odd")}});
  EXPECT_THAT(rows("stats count(), count(n), count(none), sum(n), avg(n), min(n), max(n)"),
              ElementsAre("count()=10 count(n)=10 count(none)=0 sum(n)=55 avg(n)=5.5 min(n)=1 max(n)=10"));
  EXPECT_THAT(rows("stats pct(n, 90) as p, median(n) as m, count_distinct(k) as d, earliest(n) as e, latest(n) as l"),
              ElementsAre("p=9 m=5 d=2 e=1 l=10"));
  EXPECT_THAT(rows("stats stddev(n) as s, sortsFirst(k) as f, sortsLast(k) as l"),
              ElementsAre("s=3.0276503540974917 f=even l=odd"));
  EXPECT_THAT(rows("stats sum(n) as total by k | stats max(total) as most, count(*)"),
              ElementsAre("most=30 count(*)=2"));
  EXPECT_THAT(rows("stats count(*) by k | sort count(*) desc, k | limit 1 | display k"), ElementsAre("k=even"));
  EXPECT_THAT(rows("filter n > 100 | stats count(*), avg(n)"), ElementsAre("count(*)=0"));
  EXPECT_THAT(rows("filter n > 100 | stats count(*) by k"), IsEmpty());
  EXPECT_THAT(rows("stats sum(n) / count(*) * 2 as x, concat('all', '!') as y"), ElementsAre("x=11 y=all!"));
}

TEST_F(Insights, SortsWhatIsMissingLast) {
  lab.put({{now, R"({"n":2})"}, {now + 1, R"({"n":10})"}, {now + 2, "none"}});
  EXPECT_THAT(rows("fields n | sort n"), ElementsAre("n=2", "n=10", ""));
  EXPECT_THAT(rows("fields n | sort n desc"), ElementsAre("n=10", "n=2", ""));
}

TEST_F(Insights, UnnestsLists) {
  lab.put({{now, R"({"events":[{"id":1},{"id":2}]})"}});
  EXPECT_THAT(rows("fields jsonParse(@message) as js | unnest js.events into event | display event.id"),
              ElementsAre("event.id=1", "event.id=2"));
}

TEST_F(Insights, FindsPatterns) {
  lab.put({{now, "user 17 logged in from 10.0.0.1"}, {now, "user 4 logged in from 10.0.0.2"}, {now, "stop"}});
  const auto found = rows("pattern @message");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(found[0], StartsWith("@pattern=user <*> logged in from <*> @ratio=0.6666"));
  EXPECT_THAT(found[0], EndsWith("@sampleCount=2"));
}

struct Function {
  std::string_view expression;
  std::string_view value;
};

TEST_F(Insights, CallsFunctions) {
  lab.put(
      {{now,
        R"({"a":"Hello","n":-2.5,"blank":"  ","ip":"10.1.2.3","ip6":"2001:db8::1","é":"né","big":12345678901234567890})"}});
  constexpr Function cases[] = {
      {"1 + 2 * 3 ^ 2", "v=19"},
      {"(1 + 2) * 3 % 4", "v=1"},
      {"-n", "v=2.5"},
      {"1 / 0", ""},
      {"abs(n)", "v=2.5"},
      {"ceil(n)", "v=-2"},
      {"floor(n)", "v=-3"},
      {"greatest(1, n, 3)", "v=3"},
      {"least(1, n)", "v=-2.5"},
      {"sqrt(16)", "v=4"},
      {"log(1)", "v=0"},
      {"big", "v=12345678901234567890"},
      {"coalesce(none, a)", "v=Hello"},
      {"ispresent(none)", "v=0"},
      {"isempty(none)", "v=1"},
      {"isblank(blank)", "v=1"},
      {"isempty(blank)", "v=0"},
      {"concat(a, '-', n)", "v=Hello--2.5"},
      {"trim(concat(' ', a, ' '))", "v=Hello"},
      {"trim(a, 'Ho')", "v=ell"},
      {"ltrim(a, 'H')", "v=ello"},
      {"rtrim(a, 'o')", "v=Hell"},
      {"strlen(é)", "v=2"},
      {"toupper(a)", "v=HELLO"},
      {"tolower(a)", "v=hello"},
      {"substr(a, 1)", "v=ello"},
      {"substr(a, 1, 3)", "v=ell"},
      {"replace(a, 'l', 'L')", "v=HeLLo"},
      {"strcontains(a, 'ell')", "v=1"},
      {"a = 'Hello'", "v=1"},
      {"a like 'ell' and not a like /(?i)HELL$/", "v=1"},
      {"a =~ /^H/", "v=1"},
      {"a != none", "v=0"},
      {"a <> 'x' or 1 = 2", "v=1"},
      {"a not in ['x', 'Hello']", "v=0"},
      {"`a`", "v=Hello"},
      {"toMillis(@timestamp)", "v=1795222519000"},
      {"fromMillis(0)", "v=1970-01-01 00:00:00.000"},
      {"bin(30s)", "v=2026-11-21 00:55:00.000"},
      {"bin(1w)", "v=2026-11-19 00:00:00.000"},
      {"bin(1mo)", "v=2026-11-01 00:00:00.000"},
      {"bin(1q)", "v=2026-10-01 00:00:00.000"},
      {"bin(1y)", "v=2026-01-01 00:00:00.000"},
      {"datefloor(@timestamp, 1h)", "v=2026-11-21 00:00:00.000"},
      {"dateceil(@timestamp, 1d)", "v=2026-11-22 00:00:00.000"},
      {"dateceil(@timestamp, 1mo)", "v=2026-12-01 00:00:00.000"},
      {"isValidIp(ip)", "v=1"},
      {"isValidIpV4(ip6)", "v=0"},
      {"isValidIpV6(ip6)", "v=1"},
      {"isIpInSubnet(ip, '10.1.0.0/15')", "v=1"},
      {"isIpv4InSubnet(ip, '10.2.0.0/16')", "v=0"},
      {"isIpv6InSubnet(ip6, '2001:db8::/33')", "v=1"},
      {"isIpInSubnet(a, '10.0.0.0/8')", "v=0"},
  };
  for (const auto& row : cases) EXPECT_EQ(value(row.expression), row.value) << row.expression;
}

struct Fault {
  std::string_view query;
  std::string_view message;
  int start;
  int end;
};

TEST_F(Insights, RefusesWhatItCannotRunWithThePlace) {
  constexpr std::string_view commands =
      "mismatched input 'count' expecting {K_PARSE, K_SEARCH, K_FIELDS, K_DISPLAY, K_FILTER, K_STATS, K_SORT, K_ORDER, "
      "K_HEAD, K_LIMIT, K_TAIL}";
  const Fault cases[] = {
      {"count", commands, 0, 5},
      {"fields @message,", "unexpected symbol found <EOF> at line 1 and position 17", 16, 16},
      {"fields a\n| filter = 2", "unexpected symbol found = at line 2 and position 10", 18, 19},
      {"fields é, !", "unexpected symbol found ! at line 1 and position 12", 10, 11},
      {"filter a = \"open", "unexpected symbol found \"open at line 1 and position 12", 11, 16},
      {"filter a like b", "unexpected symbol found b at line 1 and position 15", 14, 15},
      {"filter a like /open", "unexpected symbol found / at line 1 and position 15", 14, 15},
      {"limit 0", "unexpected symbol found 0 at line 1 and position 7", 6, 7},
      {"limit many", "unexpected symbol found many at line 1 and position 7", 6, 10},
      {"sort a desc b", "unexpected symbol found b at line 1 and position 13", 12, 13},
      {"stats count(*) by x | display y", "Unknown symbols found in or after stats: y", 30, 31},
      {"stats x", "stats needs an aggregate function", 6, 7},
      {"filter count(*) > 1", "Aggregate function count is only allowed in stats", 7, 12},
      {"fields nosuch(a)", "Unknown function: nosuch", 7, 13},
      {"fields substr(a)", "Invalid arguments for: substr", 7, 16},
      {"stats bin(5x)", "unexpected symbol found 5x at line 1 and position 11", 10, 12},
      {"parse @message \"*:*\" as a", "Mismatched number of aliases and wildcards: 1 and 2", 15, 25},
      {"parse @message /a/", "The regular expression of parse needs a named group", 15, 18},
  };
  for (const auto& row : cases) {
    const auto decision = lab.call("StartQuery", query_of(row.query).dump());
    ASSERT_EQ(refused(decision).type, "MalformedQueryException") << row.query;
    const auto body = json::parse(decision.reply.body);
    const auto& error = body["queryCompileError"];
    EXPECT_EQ(error["message"], row.message) << row.query;
    EXPECT_EQ(error["location"]["startCharOffset"], row.start) << row.query;
    EXPECT_EQ(error["location"]["endCharOffset"], row.end) << row.query;
    EXPECT_THAT(body["message"].get<std::string>(),
                StartsWith(fmt::format("{} (Service: AWSLogs; Status Code: 400; Error Code: MalformedQueryException; "
                                       "Request ID: ",
                                       row.message)));
    EXPECT_EQ(refused(decision).finding, "cloudwatch_logs.insights.syntax");
  }
}

TEST_F(Insights, NamesWhatIsNotBuilt) {
  for (const auto* text : {"diff", "fields a | anomaly", "join x", "filterIndex a = 1", "SOURCE 'g' | fields a",
                           "fields unmask(a)", "filter a like /(?=x)/", "filter a like /(?<!x)/"}) {
    const auto answer = refusal(text);
    EXPECT_EQ(answer.type, "MalformedQueryException") << text;
    EXPECT_EQ(answer.finding, "cloudwatch_logs.insights.not-built") << text;
  }
}

TEST_F(Insights, RefusesDeepNesting) {
  EXPECT_THAT(refusal("fields " + std::string(5000, '(')).message, StartsWith("The query is nested too deeply"));
  EXPECT_EQ(refusal("fields " + std::string(5000, '-')).type, "MalformedQueryException");
  std::string sum = "fields 1";
  for (int i = 0; i < 1001; ++i) sum += "+1";
  EXPECT_THAT(refusal(sum).message, StartsWith("The query is nested too deeply"));
}

TEST_F(Insights, RefusesBadInput) {
  auto query = query_of("fields a");
  query["logGroupName"] = "none";
  auto answer = refused(lab.call("StartQuery", query.dump()));
  EXPECT_EQ(answer.type, "ResourceNotFoundException");
  EXPECT_THAT(answer.message, MatchesRegex("Log group 'none' does not exist for account ID '000000000000' \\(Service: "
                                           "AWSLogs; Status Code: 400; Error Code: ResourceNotFoundException; Request "
                                           "ID: [0-9a-f-]{36}; Proxy: null\\)"));
  query["logGroupNames"] = {"g"};
  EXPECT_EQ(refused(lab.call("StartQuery", query.dump())).finding, "cloudwatch_logs.insights.groups");
  query = query_of("fields a");
  query["endTime"] = second - 90'000;
  EXPECT_EQ(refused(lab.call("StartQuery", query.dump())).finding, "cloudwatch_logs.insights.range");
  query["startTime"] = second - 90'001;
  answer = refused(lab.call("StartQuery", query.dump()));
  EXPECT_EQ(answer.type, "MalformedQueryException") << "the group was made later";
  EXPECT_THAT(answer.message, StartsWith("Query's end date and time is either before"));
  EXPECT_EQ(refused(lab.call("StartQuery", R"({"logGroupName":"g","queryString":"fields a"})")).finding,
            "cloudwatch_logs.input.constraint");
  EXPECT_EQ(refused(lab.call("GetQueryResults", R"({"queryId":"x"})")).type, "ResourceNotFoundException");
  EXPECT_EQ(refused(lab.call("StopQuery", R"({"queryId":"x"})")).type, "ResourceNotFoundException");
}

TEST_F(Insights, WarnsOfMilliseconds) {
  auto query = query_of("fields a");
  query["startTime"] = now;
  query["endTime"] = now + 1000;
  const auto decision = lab.call("StartQuery", query.dump());
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_EQ(decision.findings.front().id, "cloudwatch_logs.insights.milliseconds");
}

TEST_F(Insights, HidesWhatTheRetentionHasPassed) {
  lab.put({{now, "old"}, {now + 3'600'000, "new"}});
  lab.call("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":1})");
  lab.now_ms = now + 86'400'000 + 1;
  EXPECT_THAT(rows("fields @message"), ElementsAre("@message=new"));
}

TEST_F(Insights, NamesTheGroupsOfAQuery) {
  lab.make_stream("h");
  auto query = query_of("fields a");
  query.erase("logGroupName");
  query["logGroupIdentifiers"] = {"h", "arn:aws:logs:us-east-1:000000000000:log-group:g"};
  const auto started = lab.ask("StartQuery", query.dump());
  EXPECT_EQ(lab.ask("ListLogGroupsForQuery", started.dump()), (json{{"logGroupIdentifiers", {"g", "h"}}}));
  EXPECT_EQ(refused(lab.call("ListLogGroupsForQuery", R"({"queryId":"x"})")).message,
            "The specified query does not exist.");
  EXPECT_EQ(refused(lab.call("ListLogGroupsForQuery", R"({"queryId":"x","maxResults":1})")).finding,
            "cloudwatch_logs.input.constraint");
}

TEST_F(Insights, StopsAndListsQueries) {
  const auto first = lab.ask("StartQuery", query_of("fields a").dump());
  lab.now_ms += 500;
  const auto second_query = lab.ask("StartQuery", query_of("fields b").dump());
  EXPECT_EQ(lab.ask("StopQuery", first.dump())["success"], true);
  EXPECT_EQ(lab.ask("GetQueryResults", first.dump())["status"], "Cancelled");
  EXPECT_EQ(refused(lab.call("StopQuery", first.dump())).finding, "cloudwatch_logs.insights.ended");
  lab.now_ms += 1000;
  EXPECT_EQ(refused(lab.call("StopQuery", second_query.dump())).type, "InvalidParameterException");

  auto listed = lab.ask("DescribeQueries", "{}")["queries"];
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0], json({{"createTime", now + 500},
                             {"logGroupName", "g"},
                             {"queryId", second_query["queryId"]},
                             {"queryLanguage", "CWLI"},
                             {"queryString", fmt::format("SOURCE \"g\" START={}000 END={}999 | fields b",
                                                         second - 86'400, second + 3600)},
                             {"status", "Complete"}}));
  listed = lab.ask("DescribeQueries", R"({"status":"Cancelled"})")["queries"];
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["queryId"], first["queryId"]);
  const auto page = lab.ask("DescribeQueries", R"({"maxResults":1})");
  listed = lab.ask("DescribeQueries", json({{"nextToken", page["nextToken"]}}).dump())["queries"];
  EXPECT_EQ(listed[0]["queryId"], first["queryId"]);
}

TEST_F(Insights, PagesResults) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  const auto id = lab.ask("StartQuery", query_of("display @message").dump())["queryId"];
  const auto page = lab.ask("GetQueryResults", json({{"queryId", id}, {"maxItems", 2}}).dump());
  EXPECT_EQ(page["results"].size(), 2u);
  const auto rest = lab.ask("GetQueryResults", json({{"queryId", id}, {"nextToken", page["nextToken"]}}).dump());
  EXPECT_EQ(rest["results"][0][0]["value"], "1");
  EXPECT_FALSE(rest.contains("nextToken"));
  EXPECT_EQ(refused(lab.call("GetQueryResults", json({{"queryId", id}, {"nextToken", "x"}}).dump())).finding,
            "cloudwatch_logs.input.next-token");
}

TEST_F(Insights, TheApisLimitStandsInForTheQuerys) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  auto query = query_of("display @message");
  query["limit"] = 2;
  const auto results = results_of(query);
  EXPECT_EQ(results["results"].size(), 2u);
  EXPECT_EQ(results["statistics"]["recordsMatched"], 3.0);
  query["queryString"] = "display @message | limit 3";
  EXPECT_EQ(results_of(query)["results"].size(), 3u);
}

TEST_F(Insights, ARecordIsFoundByItsPointer) {
  lab.put({{now, "0"}, {now, R"({"a":{"b":[1,"x"]},"@own":true})"}});
  const auto results = results_of(query_of("filter ispresent(a.b.0)"));
  const auto pointer = results["results"][0].back();
  ASSERT_EQ(pointer["field"], "@ptr");
  const auto record = lab.ask("GetLogRecord", json({{"logRecordPointer", pointer["value"]}}).dump())["logRecord"];
  EXPECT_EQ(record["@message"], R"({"a":{"b":[1,"x"]},"@own":true})");
  EXPECT_EQ(record["@timestamp"], "2026-11-21 00:55:19.000");
  EXPECT_EQ(record["a.b.0"], "1");
  EXPECT_EQ(record["a.b.1"], "x");
  EXPECT_EQ(record["@@own"], "1");
  EXPECT_EQ(record["@log"], "000000000000:g");
  EXPECT_EQ(refused(lab.call("GetLogRecord", R"({"logRecordPointer":"eA=="})")).finding,
            "cloudwatch_logs.insights.pointer");
}

TEST_F(Insights, CountsTheFieldsOfAGroup) {
  lab.put({{now - 1000, R"({"a":1})"}, {now, "plain"}});
  const auto fields = lab.ask("GetLogGroupFields", R"({"logGroupName":"g"})")["logGroupFields"];
  EXPECT_THAT(fields, testing::Contains(json({{"name", "a"}, {"percent", 50}})));
  EXPECT_THAT(fields, testing::Contains(json({{"name", "@message"}, {"percent", 100}})));
  EXPECT_EQ(fields.back()["name"], "a");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
