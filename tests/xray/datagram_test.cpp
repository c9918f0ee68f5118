#include "xray/datagram.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/places.h"
#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view header = "{\"format\":\"json\",\"version\":1}\n";
constexpr std::string_view segment =
    R"({"id":"c1323c773d79457e","name":"backend-flask","start_time":1795222504.6,"end_time":1795222504.7,)"
    R"("trace_id":"1-6b00ebe8-c09045740abe454752beac88"})";

std::string with_header(std::string_view document) { return std::string(header) + std::string(document); }

DatagramKind kind_of(std::string_view bytes) {
  std::string padded(bytes);
  padded.append(64, '#');
  return read_datagram(std::string_view(padded).substr(0, bytes.size())).kind;
}

DatagramKind kind_with_header(std::string_view line) { return kind_of(std::string(line) + "\n{}"); }

TEST(Datagram, SplitsAtTheFirstLineFeedOnly) {
  const std::string bytes = with_header("{\n\n}") + std::string(64, '#');
  const auto datagram = read_datagram(std::string_view(bytes).substr(0, bytes.size() - 64));
  EXPECT_EQ(datagram.kind, DatagramKind::accepted);
  EXPECT_EQ(datagram.document, "{\n\n}");
}

TEST(Datagram, TellsTheDaemonsKindsApart) {
  EXPECT_EQ(kind_of(""), DatagramKind::empty);
  EXPECT_EQ(kind_of("{}"), DatagramKind::missing_header);
  EXPECT_EQ(kind_of(header), DatagramKind::missing_segment);
  EXPECT_EQ(kind_of("\n{}"), DatagramKind::invalid_header);
  EXPECT_EQ(kind_of(with_header("garbage")), DatagramKind::accepted) << "the daemon never reads the document";
}

TEST(Datagram, ReadsTheHeaderAsGoDoes) {
  for (const auto* line : {
           R"({"format":"json","version":1})",
           R"({"format": "json", "version": 1})",
           R"({"FORMAT":"JSON","Version":1,"extra":[1,2.5,{"a":null}]})",
           R"( {"version":1,"format":"Json"} )",
           R"({"format":"xml","format":"json","version":1})",
           R"({"format":"json","version":1,"version":"1"})",
           R"({"format":"json","version":1,"format":null})",
           R"({"format":"j\u0073on","version":1,"big":123456789012345678901234567890})",
           "{\"format\":\"j\xC5\xBFon\",\"ver\xC5\xBFion\":1}",
       }) {
    EXPECT_EQ(kind_with_header(line), DatagramKind::accepted) << line;
  }
  for (const auto* line : {
           R"({"format":"json","version":"1"})",
           R"({"format":"json","version":1.0})",
           R"({"format":"json","version":1e0})",
           R"({"format":"json","version":2})",
           R"({"format":"json"})",
           R"({"version":1})",
           R"({"format":"xml","version":1})",
           R"({"format":"json","format":"xml","version":1})",
           R"({"format":"json","version":1} trailing)",
           R"({"format":"json","version":1)",
           R"([{"format":"json","version":1}])",
           "null",
           "\xEF\xBB\xBF{\"format\":\"json\",\"version\":1}",
       }) {
    EXPECT_EQ(kind_with_header(line), DatagramKind::invalid_header) << line;
  }
}

TEST(Datagram, IsNeverAnswered) {
  Session session;
  for (const auto& bytes : {std::string(), std::string("x"), with_header(segment)}) {
    EXPECT_TRUE(session.datagram(bytes).reply.silent);
  }
}

TEST(Datagram, CountsAsTheDaemonDoes) {
  Session session;
  (void)session.datagram("");
  (void)session.datagram("no line feed");
  (void)session.datagram(header);
  (void)session.datagram(with_header(segment));
  EXPECT_THAT(session.live(), ::testing::HasSubstr("\"received\": 3"));
  EXPECT_THAT(session.live(), ::testing::HasSubstr("\"rejected\": 2"));
}

TEST(Datagram, RejectsInTheDaemonsOwnWords) {
  Session session;
  const auto without_header = session.datagram("no line feed").findings;
  ASSERT_THAT(ids(without_header), ElementsAre("xray.datagram.missing-header"));
  EXPECT_EQ(without_header[0].detail, "Missing header: no line feed");
  const auto without_segment = session.datagram(header).findings;
  ASSERT_THAT(ids(without_segment), ElementsAre("xray.datagram.missing-segment"));
  EXPECT_EQ(without_segment[0].detail, R"(Missing header or segment: {"format":"json","version":1})");
  const auto bad_header = session.datagram("{\"format\":\"json\"}\n{}").findings;
  ASSERT_THAT(ids(bad_header), ElementsAre("xray.datagram.invalid-header"));
  EXPECT_EQ(bad_header[0].detail, R"(Invalid header: {"format":"json"})");
  EXPECT_EQ(bad_header[0].length, 17u);
  EXPECT_THAT(ids(session.datagram("").findings), ElementsAre("xray.datagram.empty"));
  EXPECT_THAT(session.records(), IsEmpty());
}

TEST(Datagram, NamesHttpOnTheUdpPort) {
  Session session;
  EXPECT_THAT(ids(session.datagram("POST /GetSamplingRules HTTP/1.1\r\nHost: x\r\n\r\n{}").findings),
              ElementsAre("xray.datagram.invalid-header", "xray.datagram.http"));
}

TEST(Datagram, NamesSeveralDocumentsUnderOneHeader) {
  Session session;
  const auto findings = session.datagram(with_header(std::string(segment) + "\n" + std::string(segment))).findings;
  EXPECT_THAT(ids(findings), ElementsAre("xray.segment.unreadable", "xray.datagram.several-documents"));
  EXPECT_THAT(session.records(), IsEmpty());
}

TEST(Datagram, OfRealSdksLeavesNoFindings) {
  for (const auto* version : {"2.11.0", "2.15.0"}) {
    for (const auto* what : {"home", "nested", "metadata", "error", "fault"}) {
      Session session;
      const auto path =
          std::string(places::source) + "/tests/data/xray/aws-xray-sdk-python-" + version + "-" + what + ".bin";
      std::ifstream file(path, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      ASSERT_FALSE(bytes.empty()) << path;
      EXPECT_THAT(ids(session.datagram(bytes).findings), IsEmpty()) << path;
      const auto records = session.records();
      ASSERT_EQ(records.size(), 1u);
      EXPECT_EQ(records[0].kind, "segment");
      EXPECT_EQ(records[0].fields, nlohmann::ordered_json::parse(bytes.substr(bytes.find('\n'))));
      EXPECT_NEAR(static_cast<double>(records[0].time_ns) / 1e9, start_s, 60);
    }
  }
}

TEST(Datagram, OfHundredBytesOfGarbageIsForwardedAndRefusedByTheService) {
  Session session;
  const auto decision = session.datagram(with_header("\xFF\x00 garbage"));
  ASSERT_THAT(ids(decision.findings), ElementsAre("xray.segment.unreadable"));
  EXPECT_EQ(decision.findings[0].offset, header.size());
  EXPECT_THAT(decision.findings[0].detail, StartsWith("line 1, column 1"));
}

}  // namespace
}  // namespace understudy::xray
