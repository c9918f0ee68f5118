// Segments, subsegments, sampling by central rules, and the way to the daemon.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "backend/telemetry/xray_emitter.h"
#include "backend/telemetry/xray_header.h"
#include "backend/telemetry/xray_poller.h"
#include "backend/telemetry/xray_recorder.h"
#include "backend/telemetry/xray_sampling.h"
#include "tests/backend/support.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

TEST(TraceHeader, is_read_in_every_form) {
  const auto header =
      TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793; Parent=53995c3f42cd8ad8;Sampled=1;Lineage=x");
  EXPECT_EQ(header.root, "1-5759e988-bd862e3fe1be46a994272793");
  EXPECT_EQ(header.parent, "53995c3f42cd8ad8");
  EXPECT_EQ(header.sampled, TraceHeader::Sampled::yes);
  EXPECT_EQ(TraceHeader::parse("Sampled=0").sampled, TraceHeader::Sampled::no);
  EXPECT_EQ(TraceHeader::parse("Sampled=?").sampled, TraceHeader::Sampled::ask);
  EXPECT_EQ(TraceHeader::parse("Sampled=2;;=;x").sampled, TraceHeader::Sampled::absent);
}

TEST(DaemonAddress, has_two_forms) {
  const auto both = parse_daemon_address("xray-daemon:2000");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->udp_host + both->tcp_host, "xray-daemonxray-daemon");
  const auto apart = parse_daemon_address("tcp:a:1 udp:b:2");
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->tcp_host, "a");
  EXPECT_EQ(apart->udp_port, 2);
  EXPECT_TRUE(parse_daemon_address("udp:b:2 tcp:a:1"));
  for (const auto* wrong :
       {"host", "host:", "host:0", "host:70000", ":2000", "a:b:c", "tcp:a:1", "tcp:a:1 tcp:a:1", "udp:a:1 tcp:a:1 x"}) {
    EXPECT_FALSE(parse_daemon_address(wrong)) << wrong;
  }
}

TEST(SegmentName, follows_the_host_where_the_pattern_matches) {
  struct Row {
    const char* pattern;
    const char* host;
    const char* name;
  };
  for (const auto& row :
       {Row{"*4567-w.gitpod.io*", "4567-w.gitpod.io", "4567-w.gitpod.io"},
        Row{"*4567-w.gitpod.io*", "localhost:4567", "backend-flask"},
        Row{"https://4567-w.gitpod.io", "4567-w.gitpod.io", "backend-flask"},
        Row{"*LOCALHOST:4567*", "localhost:4567", "localhost:4567"},
        Row{"\"*4567*\"", "localhost:4567", "backend-flask"}, Row{"*4567", "localhost:4567", "localhost:4567"},
        Row{"4567*", "localhost:4567", "backend-flask"}, Row{"localhost:456?", "localhost:4567", "localhost:4567"}}) {
    const Instruments::SegmentNaming naming{.service = "backend-flask", .pattern = row.pattern};
    EXPECT_EQ(naming.name_of(row.host), row.name) << row.pattern;
  }
  EXPECT_EQ(clean_segment_name("a?b;c*(d) e|f"), "abcd e|f");
}

class Recorder : public testing::Test {
 protected:
  XrayRecorder recorder{[this](const std::string& document) { sent.push_back(Json::parse(document)); },
                        XrayRecorder::OnMissingContext::throw_failure};
  std::vector<Json> sent;
  void begin(bool is_sampled = true) {
    recorder.begin_segment({.name = "backend-flask",
                            .trace_id = "1-00000001-000000000000000000000001",
                            .parent_id = "00000000000000aa",
                            .is_sampled = is_sampled,
                            .rule = "Cruddur"});
  }
};

TEST_F(Recorder, sends_a_segment_with_its_subsegments_in_one_document) {
  begin();
  recorder.put_http_request(
      {.url = "http://h/p", .method = "GET", .user_agent = "curl", .client_ip = "1.2.3.4", .is_forwarded = true});
  recorder.capture("outer", [&] {
    recorder.put_annotation("kept_1", 2.5);
    recorder.put_annotation("app.now", "dropped");
    recorder.capture("inner", [&] { recorder.put_metadata("key", {{"n", 1}}, "namespace"); });
    recorder.put_metadata("k", 1, "AWS.reserved");
  });
  recorder.put_http_response(200, 12);
  recorder.end_segment();
  ASSERT_EQ(sent.size(), 1);
  const auto& segment = sent[0];
  EXPECT_EQ(segment["trace_id"], "1-00000001-000000000000000000000001");
  EXPECT_EQ(segment["parent_id"], "00000000000000aa");
  EXPECT_EQ(segment["aws"]["xray"]["sampling_rule_name"], "Cruddur");
  EXPECT_EQ(segment["http"]["request"]["x_forwarded_for"], true);
  EXPECT_EQ(segment["http"]["response"], (Json{{"status", 200}, {"content_length", 12}}));
  EXPECT_FALSE(segment.contains("error"));
  const auto& outer = segment["subsegments"][0];
  EXPECT_EQ(outer["annotations"], (Json{{"kept_1", 2.5}}));
  EXPECT_FALSE(outer.contains("metadata"));
  EXPECT_EQ(outer["subsegments"][0]["metadata"]["namespace"]["key"]["n"], 1);
  EXPECT_EQ(outer["subsegments"][0]["parent_id"], outer["id"]);
  EXPECT_LE(segment["start_time"].get<double>(), outer["start_time"].get<double>());
  EXPECT_FALSE(recorder.has_open_segment());
}

TEST_F(Recorder, describes_an_exception_once_and_points_to_it_above) {
  begin();
  try {
    recorder.capture("show", []() -> int { throw Failure("NameError", "name 'x' is not defined"); });
  } catch (...) {
    recorder.put_http_response(500, std::nullopt);
    recorder.add_exception(describe_current_exception());
  }
  recorder.end_segment();
  const auto& exception = sent.at(0)["subsegments"][0]["cause"]["exceptions"][0];
  EXPECT_EQ(exception["type"], "NameError");
  EXPECT_EQ(exception["message"], "name 'x' is not defined");
  EXPECT_EQ(exception["stack"].back()["path"], "xray_test.cpp");
  EXPECT_EQ(sent[0]["cause"], exception["id"]);
  EXPECT_EQ(sent[0]["fault"], true);
  EXPECT_EQ(sent[0]["subsegments"][0]["fault"], true);
}

TEST_F(Recorder, statuses_make_flags) {
  for (const auto& [status, flags] : {std::pair{404, Json{{"error", true}}},
                                      {429, Json{{"error", true}, {"throttle", true}}},
                                      {503, Json{{"fault", true}}}}) {
    begin();
    recorder.put_http_response(status, std::nullopt);
    recorder.end_segment();
    Json found = Json::object();
    for (const auto* flag : {"error", "throttle", "fault"}) {
      if (sent.back().contains(flag)) {
        found[flag] = sent.back()[flag];
      }
    }
    EXPECT_EQ(found, flags);
  }
}

TEST_F(Recorder, an_unsampled_segment_is_never_sent) {
  begin(false);
  recorder.capture("s", [] {});
  EXPECT_EQ(recorder.response_trace_id(), unsampled_trace_id);
  recorder.end_segment();
  EXPECT_TRUE(sent.empty());
}

TEST_F(Recorder, more_than_100_subsegments_leave_early) {
  begin();
  for (int i = 0; i < 150; ++i) {
    recorder.capture(fmt::format("s{}", i), [] {});
  }
  EXPECT_EQ(sent.size(), 101);
  recorder.end_segment();
  std::size_t embedded = 0;
  for (const auto& document : sent) {
    if (document.contains("type")) {
      EXPECT_EQ(document["type"], "subsegment");
      EXPECT_EQ(document["trace_id"], "1-00000001-000000000000000000000001");
      EXPECT_EQ(document["parent_id"], sent.back()["id"]);
    } else {
      embedded = document["subsegments"].size();
    }
  }
  EXPECT_EQ(sent.size() - 1 + embedded, 150);
}

TEST_F(Recorder, a_document_too_large_for_a_datagram_is_split) {
  begin();
  for (int i = 0; i < 4; ++i) {
    recorder.capture("large", [&] { recorder.put_metadata("k", std::string(30000, 'x'), "n"); });
  }
  recorder.end_segment();
  EXPECT_EQ(sent.size(), 5);
  for (const auto& document : sent) {
    EXPECT_LT(document.dump().size(), XrayEmitter::largest_document);
  }
}

TEST_F(Recorder, an_unclosed_subsegment_keeps_the_segment_back) {
  begin();
  recorder.begin_subsegment("open");
  recorder.end_segment();
  EXPECT_TRUE(sent.empty());
  recorder.end_subsegment();
  EXPECT_EQ(sent.size(), 1);
}

TEST_F(Recorder, without_a_segment_it_complains) {
  EXPECT_THROW(recorder.begin_subsegment("s"), Failure);
  EXPECT_NO_THROW(recorder.end_subsegment());
  XrayRecorder quiet([](const std::string&) {}, XrayRecorder::OnMissingContext::log);
  EXPECT_NO_THROW(quiet.capture("s", [] {}));
}

class Sampling : public testing::Test {
 protected:
  double drawn = 0.5;
  Sampler sampler{[this] { return drawn; }};
  const SampledRequest home{"localhost:4567", "GET", "/api/activities/home", "backend-flask"};

  static SamplingRule rule(std::string name, double rate, std::int64_t reservoir = 0) {
    SamplingRule made;
    made.name = std::move(name);
    made.fixed_rate = rate;
    made.reservoir_size = reservoir;
    return made;
  }
};

TEST_F(Sampling, without_rules_takes_one_a_second_and_five_percent) {
  EXPECT_TRUE(sampler.decide(home, 100).is_sampled);
  EXPECT_FALSE(sampler.decide(home, 100).is_sampled);
  drawn = 0.049;
  EXPECT_TRUE(sampler.decide(home, 100).is_sampled);
  EXPECT_EQ(sampler.decide(home, 101).rule, std::nullopt);
}

TEST_F(Sampling, borrows_one_a_second_until_it_has_a_quota) {
  sampler.load_rules({rule("Cruddur", 0.1, 5)}, 100);
  EXPECT_TRUE(sampler.decide(home, 100).is_sampled);
  EXPECT_FALSE(sampler.decide(home, 100).is_sampled);
  EXPECT_TRUE(sampler.decide(home, 101).is_sampled);
  sampler.load_targets({{.rule = "Cruddur", .fixed_rate = 0.0, .quota = 2, .quota_until = 200, .interval = 10}});
  EXPECT_TRUE(sampler.decide(home, 102).is_sampled);
  EXPECT_TRUE(sampler.decide(home, 102).is_sampled);
  drawn = 0.0;  // a rate of 0 takes nobody, not even at the lowest draw
  EXPECT_FALSE(sampler.decide(home, 102).is_sampled);
  EXPECT_TRUE(sampler.decide(home, 201).is_sampled);  // the quota is over: borrowed again
  EXPECT_FALSE(sampler.decide(home, 201).is_sampled);
  const auto statistics = sampler.take_statistics();
  ASSERT_EQ(statistics.size(), 1);
  EXPECT_EQ(statistics[0].requests, 8);
  EXPECT_EQ(statistics[0].borrowed, 3);
  EXPECT_EQ(statistics[0].sampled, 2);
  EXPECT_TRUE(sampler.take_statistics().empty());
}

TEST_F(Sampling, the_first_rule_by_priority_and_name_decides) {
  auto narrow = rule("b", 1.0);
  narrow.priority = 1;
  narrow.path = "/api/*/HOME";
  auto other = rule("a", 1.0);
  other.priority = 1;
  other.service = "other";
  sampler.load_rules({rule("Default", 0.0), narrow, other}, 100);
  EXPECT_EQ(sampler.decide(home, 100).rule, "b");
  EXPECT_EQ(sampler.decide({"h", "GET", "/x", "other"}, 100).rule, "a");
  EXPECT_EQ(sampler.decide({"h", "GET", "/x", "backend-flask"}, 100).rule, "Default");
  EXPECT_EQ(sampler.decide({"", "", "", ""}, 100).rule, "a");  // what is missing matches
}

TEST_F(Sampling, rules_live_an_hour_and_keep_their_counts) {
  sampler.load_rules({rule("Cruddur", 1.0)}, 100);
  sampler.decide(home, 100);
  sampler.load_rules({}, 200);
  EXPECT_EQ(sampler.rules_loaded_at(), 100);
  sampler.load_rules({rule("Cruddur", 0.0), rule("New", 0.0)}, 200);
  EXPECT_FALSE(sampler.decide(home, 3800).is_sampled);
  EXPECT_EQ(sampler.decide(home, 3801).rule, std::nullopt);
  EXPECT_EQ(sampler.take_statistics().at(0).requests, 2);
}

TEST_F(Sampling, a_longer_interval_reports_at_every_so_many_ticks) {
  sampler.load_rules({rule("Cruddur", 1.0)}, 100);
  sampler.load_targets({{.rule = "Cruddur", .fixed_rate = 1.0, .quota = {}, .quota_until = {}, .interval = 30}});
  sampler.decide(home, 100);
  EXPECT_TRUE(sampler.take_statistics().empty());
  EXPECT_TRUE(sampler.take_statistics().empty());
  EXPECT_EQ(sampler.take_statistics().size(), 1);
}

TEST(SamplingDocuments, are_read_as_the_sdks_read_them) {
  constexpr auto text = R"({"NextToken":null,"SamplingRuleRecords":[
    {"SamplingRule":{"Attributes":{},"FixedRate":0.05,"HTTPMethod":"*","Host":"*","Priority":10000,"ReservoirSize":1,"ResourceARN":"*","RuleName":"Default","ServiceName":"*","ServiceType":"*","URLPath":"*","Version":1}},
    {"SamplingRule":{"Attributes":{"a":"b"},"ResourceARN":"*","ServiceType":"*","Version":1}},
    {"SamplingRule":{"Attributes":{},"ResourceARN":"arn","ServiceType":"*","Version":1}},
    {"SamplingRule":{"Attributes":{},"ResourceARN":"*","Version":1}},
    {"SamplingRule":{"Attributes":{},"ResourceARN":"*","ServiceType":"*","Version":2}}]})";
  const auto rules = parse_sampling_rules(text);
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 1);
  EXPECT_EQ(rules->front().name, "Default");
  EXPECT_FALSE(parse_sampling_rules("{}"));
  EXPECT_FALSE(parse_sampling_rules("<html>"));
  const auto targets = parse_sampling_targets(
      R"({"LastRuleModification":1.707551387E9,"SamplingTargetDocuments":[{"FixedRate":0.1,"Interval":10,"RuleName":"test"}],"UnprocessedStatistics":[]})");
  ASSERT_TRUE(targets);
  EXPECT_EQ(targets->rules_modified_at, 1707551387);
  EXPECT_EQ(targets->targets.at(0).quota, std::nullopt);
  EXPECT_EQ(targets->targets.at(0).interval, 10);
}

TEST(SamplingPoller, fetches_rules_with_the_first_decision) {
  ScriptedVendor daemon([](const Taken&, httplib::Response& response) {
    response.set_content(
        R"({"SamplingRuleRecords":[{"SamplingRule":{"Attributes":{},"FixedRate":1,"HTTPMethod":"*","Host":"*","Priority":1,"ReservoirSize":0,"ResourceARN":"*","RuleName":"R","ServiceName":"*","ServiceType":"*","URLPath":"*","Version":1}}]})",
        "application/json");
  });
  Sampler sampler([] { return 0.5; });
  SamplingPoller poller(sampler, *parse_url(daemon.url()));
  poller.start();
  EXPECT_EQ(daemon.taken(1).at(0).path, "/GetSamplingRules");
  EXPECT_EQ(daemon.taken(1).at(0).body, "{}");
}

/// A daemon's UDP port.
class UdpDoor {
 public:
  explicit UdpDoor(int port = 0) {
    socket_ = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    is_open_ = bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    const timeval wait{.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  }
  ~UdpDoor() { close(socket_); }
  int port() const { return port_; }
  bool is_open() const { return is_open_; }
  std::string receive() {
    std::string datagram(65536, '\0');
    const auto size = recv(socket_, datagram.data(), datagram.size(), 0);
    datagram.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return datagram;
  }

 private:
  int socket_ = -1;
  int port_ = 0;
  bool is_open_ = false;
};

TEST(XrayEmitter, sends_one_datagram_with_the_header_line) {
  UdpDoor door;
  XrayEmitter emitter("127.0.0.1", door.port());
  emitter.send("{}");
  EXPECT_EQ(door.receive(), "{\"format\":\"json\",\"version\":1}\n{}");
}

TEST(XrayEmitter, keeps_documents_while_no_daemon_listens) {
  auto port = 0;
  {
    const UdpDoor door;
    port = door.port();
  }
  auto limits = XrayEmitter::default_limits();
  limits.first_wait = limits.longest_wait = std::chrono::milliseconds(5);
  XrayEmitter emitter("127.0.0.1", port, limits);
  emitter.send("{\"n\":1}");
  emitter.send("{\"n\":2}");
  UdpDoor door(port);
  if (!door.is_open()) {
    GTEST_SKIP() << "another program took the port meanwhile";
  }
  EXPECT_TRUE(emitter.stop(soon()));
  EXPECT_THAT(door.receive(), HasSubstr("\"n\":1"));
  EXPECT_THAT(door.receive(), HasSubstr("\"n\":2"));
}

}  // namespace
}  // namespace cruddur::telemetry
