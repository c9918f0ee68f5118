#include "program/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/show_entry.h"
#include "program/views.h"

namespace understudy::program {
namespace {

TEST(Table, AlignsColumnsByCharacters) {
  Table table({{"A"}, {"COUNT", true}, {"WHAT"}});
  table.add({"x", "1", "one"});
  table.add({"\xc3\xa9\xc3\xa9", "1000", "two\nlines"});
  EXPECT_EQ(table.text(0), "A   COUNT  WHAT\nx       1  one\n\xc3\xa9\xc3\xa9   1000  two\\nlines\n");
}

TEST(Table, CutsTheLastColumnToTheWidth) {
  Table table({{"A"}, {"WHAT"}});
  table.add({"x", "a long sentence"});
  EXPECT_EQ(table.text(12), "A  WHAT\nx  a long...\n");
  EXPECT_EQ(table.text(2), table.text(0));  // too narrow for anything: as it is
}

TEST(Human, Durations) {
  EXPECT_EQ(human_duration(0), "0 us");
  EXPECT_EQ(human_duration(0.85), "850 us");
  EXPECT_EQ(human_duration(12.345), "12.3 ms");
  EXPECT_EQ(human_duration(345.6), "346 ms");
  EXPECT_EQ(human_duration(1250), "1.25 s");
  EXPECT_EQ(human_duration(125000), "2 min 5 s");
  EXPECT_EQ(human_duration(-3), "-3.0 ms");
  EXPECT_EQ(human_duration(1e300), "16666666666 min 40 s");
  EXPECT_EQ(human_duration(0.0 / 0.0), "?");
}

TEST(Human, SizesAndTimes) {
  EXPECT_EQ(human_size(999), "999 B");
  EXPECT_EQ(human_size(12345), "12.3 kB");
  EXPECT_EQ(human_size(999'960), "1.0 MB");
  EXPECT_EQ(human_time("2026-01-02T03:04:05.678901234Z"), "03:04:05.678");
  EXPECT_EQ(human_time("soon"), "soon");
}

TEST(HexDump, ShowsOffsetsBytesAndText) {
  EXPECT_EQ(hex_dump("0123456789abcdef\n", 100),
            "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
            "00000010  0a                                                |.|\n");
  EXPECT_EQ(hex_dump("", 100), "");
  EXPECT_THAT(hex_dump(std::string(20, 'x'), 16), testing::EndsWith("|\n... 4 more bytes: --bytes 0 shows all\n"));
}

TEST(EntryId, IsReadFromAnyOfItsForms) {
  EXPECT_EQ(entry_id_from("7")->entry, 7);
  EXPECT_EQ(entry_id_from("mine/7")->session, "mine");
  EXPECT_EQ(entry_id_from("mine/7/2")->index, 2);
  for (const char* text : {"", "x", "7/", "mine/x", "mine/7/x", "a/1/2/3", "-1", "7x"}) {
    EXPECT_FALSE(entry_id_from(text)) << text;
  }
}

TEST(Views, EveryKindHasOneAndALineSaysWhatMatters) {
  recording::Record record;
  record.kind = "log_event";
  record.vendor = "cloudwatch_logs";
  record.session = "default";
  record.fields = {{"timestamp", 1000}, {"log_group", "g"}, {"log_stream", "s"}, {"message", "two\nlines"}};
  EXPECT_EQ(line_of(record), "00:00:00.000  cloudwatch_logs  log_event   default/0/0     g  s  two\\nlines");
  record.kind = "another";
  EXPECT_THAT(line_of(record), testing::HasSubstr("\"log_group\":\"g\""));
  EXPECT_EQ(view_of_kind("subsegment")->name, "segments");
  EXPECT_EQ(find_view("nothing"), nullptr);
}

}  // namespace
}  // namespace understudy::program
