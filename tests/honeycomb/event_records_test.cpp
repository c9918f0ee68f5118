// Honeycomb's rows as records: for those alone who ask for them.
#include "session/reader.h"
#include "tests/honeycomb/events.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EventRecords : public EventsRoom {
 protected:
  std::vector<recording::Record> ask(std::string_view kind, std::string_view where = "[]") {
    const session::Capture capture{nullptr, &session_->journal(), &vendors_, "default", 0};
    auto filter = recording::Filter::from_json(nlohmann::json::parse(where));
    const auto page =
        session::read_page(capture, {"", std::string(kind), std::move(*filter)}, 0, session_->journal().size(), 1000);
    return page->records;
  }
};

TEST_F(EventRecords, EachIsLinkedToItsOrigin) {
  store_span([](Span&) {});
  TraceRequest request;
  auto& group = add_spans(request, "backend-flask", 2);
  attribute(*group.mutable_scope_spans(0)->mutable_spans(1), "SampleRate").set_int_value(4);
  group.mutable_scope_spans(0)->mutable_spans(1)->add_events()->set_name("Did it!");
  send(protobuf(request.SerializeAsString()));

  const auto records = ask("honeycomb_event");
  ASSERT_THAT(records, SizeIs(4));
  EXPECT_EQ(records[0].index, 1U);  // behind the span
  const auto& event = records[2];
  EXPECT_EQ(event.kind, "honeycomb_event");
  EXPECT_EQ(recording::record_id(event), fmt::format("default/{}/3", last_));
  EXPECT_EQ(event.fields["type"], "span_event");
  EXPECT_EQ(event.fields["dataset"], "backend-flask");
  EXPECT_EQ(event.fields["samplerate"], 4);
  EXPECT_EQ(event.fields["origin"], nlohmann::ordered_json({{"entry", last_}, {"index", 1}}));
  EXPECT_EQ(event.fields["data"]["name"], "Did it!");
  EXPECT_EQ(records[3].fields["data"]["duration_ms"], 250.5);
  const auto ids = ask("honeycomb_event", R"([{"field":"duration_ms","op":">","value":100},
                                              {"field":"trace.span_id","op":"=","value":"7370616e30303031"}])");
  ASSERT_THAT(ids, SizeIs(1));
  EXPECT_EQ(recording::record_id(ids[0]), recording::record_id(records[3]));
}

TEST_F(EventRecords, NobodyElseSeesThem) {
  store_span([](Span&) {});
  EXPECT_THAT(ask(""), SizeIs(1));
  EXPECT_THAT(ask("span"), SizeIs(1));
  EXPECT_EQ(ask("")[0].kind, "span");
}

TEST_F(EventRecords, WhatJsonCannotWriteIsText) {
  store_span([](Span& span) { attribute(span, "x").set_double_value(std::numeric_limits<double>::infinity()); });
  EXPECT_EQ(ask("honeycomb_event").at(0).fields["data"]["x"], "Infinity");
}

// Storage keeps 65535 bytes of a text, and no half of a character.
TEST_F(EventRecords, LongTextsAreCut) {
  const std::string exact(65535, 'x');
  const std::string umlauts = exact.substr(1) + "\xC3\xA4";
  send(json_text(nlohmann::json({{"exact", exact}, {"long", exact + "y"}, {"umlauts", umlauts}}).dump())
           .to("/1/events/cruddur"));
  const auto records = records_of_last();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].fields["data"]["exact"], exact);
  EXPECT_EQ(records[0].fields["data"]["long"], exact);
  EXPECT_EQ(records[0].fields["data"]["umlauts"], exact.substr(1));
}

TEST_F(EventRecords, NothingOfARefusedRequest) {
  send(protobuf("\xff"));
  send(protobuf());
  EXPECT_THAT(ask("honeycomb_event"), IsEmpty());
}

}  // namespace
}  // namespace understudy::honeycomb
