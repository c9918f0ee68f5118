#include "otlp/walker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.h"
#include "otlp/utf8.h"
#include "tests/otlp/oracle.h"
#include "tests/otlp/wire_inputs.h"

namespace understudy::otlp {
namespace {

using namespace std::literals;
using testing::ElementsAre;

std::string wrapped(std::string_view tag, std::string_view content) {
  std::string out(tag);
  std::size_t size = content.size();
  for (; size >= 0x80; size >>= 7) out += static_cast<char>(size | 0x80);
  out += static_cast<char>(size);
  out += content;
  return out;
}
std::string in_resource_spans(std::string_view content) { return wrapped("\x0a", content); }
std::string in_scope_spans(std::string_view content) { return in_resource_spans(wrapped("\x12", content)); }
std::string in_span(std::string_view content) { return in_scope_spans(wrapped("\x12", content)); }

// AnyValue within ArrayValue within AnyValue ...: `levels` messages below the attribute's value.
std::string nested_values(int levels) {
  std::string value;
  for (int i = 0; i < levels; ++i) value = wrapped((levels - i) % 2 == 1 ? "\x2a" : "\x0a", value);
  return value;
}

TEST(Walker, CountsTheFlaskSpan) {
  const auto summary = validate(Signal::traces, wire::flask_span());
  ASSERT_TRUE(summary) << describe(summary.error());
  EXPECT_EQ(*summary, (Summary{.resource_groups = 1, .scopes = 1, .items = 1}));
}

TEST(Walker, TakesAnEmptyBodyAsAnEmptyRequest) {
  for (const Signal signal : {Signal::traces, Signal::logs, Signal::metrics}) {
    EXPECT_EQ(validate(signal, ""), Summary{});
  }
}

TEST(Walker, SkipsUnknownFieldsOfEveryWireType) {
  const std::string unknown = "\x98\x06\x01"s + "\x99\x06" + "12345678" + wrapped("\x9a\x06", "\xff\xfe") +
                              "\x9b\x06\x08\x01\x9c\x06" + "\x9d\x06" + "1234";
  EXPECT_EQ(validate(Signal::traces, in_span(unknown)), (Summary{.resource_groups = 1, .scopes = 1, .items = 1}));
}

TEST(Walker, TakesAKnownFieldOfAnotherWireTypeAsUnknown) {
  EXPECT_TRUE(validate(Signal::traces, in_span("\x28\x01")));      // name as a number
  EXPECT_TRUE(validate(Signal::traces, in_span("\x32\x01\xff")));  // kind as bytes that are no UTF-8
  EXPECT_TRUE(validate(Signal::traces, in_span("\x2b\x2c")));      // name as a group
}

TEST(Walker, TakesTagsAndLengthsThatAreLongerThanNeeded) {
  EXPECT_TRUE(validate(Signal::traces, "\x8a\x80\x00\x80\x00"sv));
}

TEST(Walker, CountsOnlyTheDataThatAMetricKeeps) {
  const std::string gauge_of_two = wrapped("\x2a", "\x0a\x00\x0a\x00"sv);
  const std::string sum_of_one = wrapped("\x3a", "\x0a\x00"sv);
  const auto items = [](const std::string& metric) {
    return validate(Signal::metrics, in_scope_spans(wrapped("\x12", metric)))->items;
  };
  EXPECT_EQ(items(gauge_of_two + gauge_of_two), 4u);
  EXPECT_EQ(items(gauge_of_two + sum_of_one), 1u);
  EXPECT_EQ(items(gauge_of_two + sum_of_one + gauge_of_two), 2u);
}

TEST(Walker, ReadsAHundredLevelsAndRefusesOneMore) {
  // The request's own fields take five levels: resource_spans, scope_spans, spans, attributes, value.
  const auto body = [](int levels) { return in_span(wrapped("\x4a", wrapped("\x12", nested_values(levels)))); };
  EXPECT_TRUE(validate(Signal::traces, body(94)));
  EXPECT_TRUE(validate(Signal::traces, body(95)));
  EXPECT_TRUE(oracle::read(Signal::traces, body(95)));
  const auto refused = validate(Signal::traces, body(96));
  EXPECT_FALSE(oracle::read(Signal::traces, body(96)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "messages are nested deeper than 100");
  EXPECT_THAT(refused.error().path,
              testing::StartsWith("resource_spans[0].scope_spans[0].spans[0].attributes[0].value"));
}

// The short cut for plain attributes counts levels too: here the last value would be the 101st.
TEST(Walker, CountsTheLevelsOfPlainAttributes) {
  const auto body = [](int maps) {
    std::string attribute = "\x0a\x01k\x12\x03\x0a\x01v";
    for (int i = 0; i < maps; ++i)
      attribute = "\x0a\x01k"s + wrapped("\x12", wrapped("\x32", wrapped("\x0a", attribute)));
    return in_span(wrapped("\x4a", attribute));
  };
  EXPECT_TRUE(validate(Signal::traces, body(31)));
  EXPECT_TRUE(oracle::read(Signal::traces, body(31)));
  EXPECT_FALSE(validate(Signal::traces, body(32)));
  EXPECT_FALSE(oracle::read(Signal::traces, body(32)));
}

struct Refusal {
  std::string_view name;
  std::string body;
  std::size_t offset;
  std::string_view path;
  std::string_view reason;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

class Refuses : public testing::TestWithParam<Refusal> {};

TEST_P(Refuses, WithPlaceAndReason) {
  oracle::silence();
  const Refusal& expected = GetParam();
  EXPECT_FALSE(oracle::read(Signal::traces, expected.body)) << "libprotobuf reads it";
  const auto result = validate(Signal::traces, expected.body);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().offset, expected.offset);
  EXPECT_EQ(result.error().path, expected.path);
  EXPECT_EQ(result.error().reason, expected.reason);
}

const std::string no_utf8_name = in_scope_spans(
    "\x12\x02\x2a\x00\x12\x06\x2a\x04"
    "caf\xe9"sv);

INSTANTIATE_TEST_SUITE_P(
    Walker, Refuses,
    testing::Values(
        Refusal{"text", no_utf8_name, 15, "resource_spans[0].scope_spans[0].spans[1].name", "the text is not UTF-8"},
        Refusal{"attribute_key",
                in_span("\x4a\x00\x4a\x06\x0a\x04"
                        "k\xc0\xaf."sv),
                13, "resource_spans[0].scope_spans[0].spans[0].attributes[1].key", "the text is not UTF-8"},
        Refusal{"attribute_text", in_span("\x4a\x08\x0a\x01k\x12\x03\x0a\x01\xff"sv), 15,
                "resource_spans[0].scope_spans[0].spans[0].attributes[0].value.string_value", "the text is not UTF-8"},
        Refusal{"plain_attribute_key", in_span("\x4a\x08\x0a\x01\xff\x12\x03\x0a\x01v"sv), 10,
                "resource_spans[0].scope_spans[0].spans[0].attributes[0].key", "the text is not UTF-8"},
        Refusal{"plain_attribute_number",
                in_span("\x4a\x11\x0a\x01k\x12\x0c\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv), 14,
                "resource_spans[0].scope_spans[0].spans[0].attributes[0].value.int_value",
                "a number is longer than ten bytes"},
        Refusal{"six_byte_length", "\x0a\x80\x80\x80\x80\x80\x00"s, 0, "resource_spans[0]", "a length is too large"},
        Refusal{"cut_length", "\x0a"s, 0, "resource_spans[0]", "the message ends within a length"},
        Refusal{"long_length", "\x0a\x05\x12\x00"s, 0, "resource_spans[0]",
                "a length runs past the end of its message"},
        Refusal{"inner_length",
                in_scope_spans("\x12\x03\x2a\x02"
                               "a"sv) +
                    "\x0a\x00"s,
                6, "resource_spans[0].scope_spans[0].spans[0].name", "a length runs past the end of its message"},
        Refusal{"huge_length", "\x0a\xff\xff\xff\xff\x0f"s, 0, "resource_spans[0]", "a length is too large"},
        Refusal{"cut_number", in_span("\x30\x80"), 7, "resource_spans[0].scope_spans[0].spans[0].kind",
                "the message ends within a number"},
        Refusal{"long_number", in_span("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 7,
                "resource_spans[0].scope_spans[0].spans[0].kind", "a number is longer than ten bytes"},
        Refusal{"cut_fixed64",
                in_span("\x39"
                        "1234567"),
                6, "resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano",
                "the message ends within a number"},
        Refusal{"cut_fixed32",
                in_span("\x85\x01"
                        "123"),
                6, "resource_spans[0].scope_spans[0].spans[0].flags", "the message ends within a number"},
        Refusal{"cut_tag", in_span("\x80"), 6, "resource_spans[0].scope_spans[0].spans[0]",
                "the message ends within a tag"},
        Refusal{"long_tag",
                in_span("\x82\x80\x80\x80\x80\x01"
                        "1"),
                6, "resource_spans[0].scope_spans[0].spans[0]", "a tag is longer than five bytes"},
        Refusal{"field_zero", in_span("\x02\x00"sv), 6, "resource_spans[0].scope_spans[0].spans[0]",
                "the field number is 0"},
        Refusal{"zero_byte", "\0"s, 0, "", "the field number is 0"},
        Refusal{"wire_type", "\x0e"s, 0, "resource_spans[0]", "the wire type is none of protocol buffers'"},
        Refusal{"end_group", "\x0c"s, 0, "", "a group ends that was not begun"},
        Refusal{"open_group", "\x9b\x06\x08\x01"s, 0, "field_99", "the message ends within a group"},
        Refusal{"other_group", "\x9b\x06\xa4\x06"s, 2, "field_99", "a group ends that was not begun"},
        Refusal{"json", "{\"resourceSpans\":[]}"s, 1, "field_15", "a length runs past the end of its message"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Walker, RefusesAPackedFieldOfOddLength) {
  // metrics[0].histogram.data_points[0].bucket_counts
  const std::string point = wrapped("\x4a", wrapped("\x0a", wrapped("\x32", "1234567")));
  const auto refused = validate(Signal::metrics, in_scope_spans(wrapped("\x12", point)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(describe(refused.error()),
            "byte 10, resource_metrics[0].scope_metrics[0].metrics[0].histogram.data_points[0].bucket_counts[0]: "
            "the length of a packed field is no multiple of eight");
}

TEST(Walker, RefusesGroupsNestedTooDeep) {
  std::string open, close;
  for (int i = 0; i < 101; ++i) open += '\x7b', close += '\x7c';
  EXPECT_TRUE(validate(Signal::traces, open.substr(1) + close.substr(1)));
  EXPECT_EQ(validate(Signal::traces, open + close).error().reason, "messages are nested deeper than 100");
}

class DiffersNot : public testing::TestWithParam<Signal> {};

void expect_same_reading(Signal signal, const std::string& body) {
  const auto theirs = oracle::read(signal, body);
  const auto ours = validate(signal, body);
  ASSERT_EQ(ours.has_value(), theirs.has_value()) << to_hex(body) << (ours ? "" : "\n" + describe(ours.error()));
  if (ours) {
    ASSERT_EQ(ours->resource_groups, theirs->resource_groups) << to_hex(body);
    ASSERT_EQ(ours->scopes, theirs->scopes) << to_hex(body);
    ASSERT_EQ(ours->items, theirs->items) << to_hex(body);
    // Span events and links are counted by traces alone, as the oracle does.
    ASSERT_EQ(*ours, *theirs) << to_hex(body);
  }
}

// Random valid requests, each mutated forty times: the walker accepts what libprotobuf accepts, and counts alike.
TEST_P(DiffersNot, FromLibprotobuf) {
  oracle::silence();
  std::size_t refused = 0;
  constexpr std::size_t requests = 250, mutations = 40;
  for (std::uint64_t seed = 0; seed < requests; ++seed) {
    oracle::Generator generator(seed);
    const std::string body = generator.message(GetParam())->SerializeAsString();
    ASSERT_TRUE(validate(GetParam(), body)) << describe(validate(GetParam(), body).error());
    ASSERT_NO_FATAL_FAILURE(expect_same_reading(GetParam(), body));
    for (std::size_t i = 0; i < mutations; ++i) {
      const std::string mutated = generator.mutated(body);
      ASSERT_NO_FATAL_FAILURE(expect_same_reading(GetParam(), mutated));
      refused += !validate(GetParam(), mutated);
    }
  }
  // The mutations must be neither all harmless nor all deadly, or the test would prove little.
  EXPECT_GT(refused, requests * mutations / 10);
  EXPECT_LT(refused, requests * mutations * 98 / 100);
}

// Every cut of a request.
TEST_P(DiffersNot, FromLibprotobufAtEveryCut) {
  oracle::silence();
  oracle::Generator generator(7);
  const std::string body = generator.message(GetParam())->SerializeAsString().substr(0, 4000);
  for (std::size_t size = 0; size <= body.size(); ++size) {
    ASSERT_NO_FATAL_FAILURE(expect_same_reading(GetParam(), body.substr(0, size)));
  }
}

INSTANTIATE_TEST_SUITE_P(Walker, DiffersNot, testing::Values(Signal::traces, Signal::logs, Signal::metrics),
                         [](const auto& param) {
                           return param.param == Signal::traces ? "Traces"
                                  : param.param == Signal::logs ? "Logs"
                                                                : "Metrics";
                         });

TEST(Utf8, IsWhatTheUnicodeStandardSays) {
  for (const std::string_view good : {""sv, "a"sv, "\0"sv, "\xc2\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv,
                                      "\xf4\x8f\xbf\xbf"sv, "twelve bytes\xe2\x82\xac"sv}) {
    EXPECT_TRUE(is_utf8(good)) << to_hex(good);
    EXPECT_EQ(first_bad_byte(good), good.size()) << to_hex(good);
  }
  for (const std::string_view bad : {"\x80"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xf0\x8f\xbf\xbf"sv,
                                     "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xe2\x82"sv, "\xff"sv}) {
    EXPECT_FALSE(is_utf8(bad)) << to_hex(bad);
    EXPECT_EQ(first_bad_byte(bad), 0u) << to_hex(bad);
  }
  // Of texts up to forty bytes, each byte is looked at.
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      EXPECT_TRUE(is_utf8(text));
      text[at] = '\xff';
      EXPECT_FALSE(is_utf8(text)) << size << " " << at;
      EXPECT_EQ(first_bad_byte(text), at);
    }
  }
}

TEST(Cursor, ShowsTheFlaskSpan) {
  const std::string body = wire::flask_span();
  std::size_t visited = 0;
  for_each_span(body, [&](const SpanView& span) {
    ++visited;
    EXPECT_EQ(to_hex(span.trace_id), "5b8aa5a2d2c872e8321cf37308d69df2");
    EXPECT_EQ(to_hex(span.span_id), "051581bf3cb55c13");
    EXPECT_EQ(span.parent_span_id, "");
    EXPECT_EQ(span.name, "/api/activities/home");
    EXPECT_EQ(span.kind, 2);
    EXPECT_EQ(span.status_code, 0);
    EXPECT_EQ(span.start_time_unix_nano, 1544712660000000000u);
    EXPECT_EQ(span.end_time_unix_nano, 1544712660250500000u);
    EXPECT_EQ(span.item.size(), 97u);
    EXPECT_EQ(span.resource.size(), 33u);
    EXPECT_EQ(span.scope.size(), 45u);
    EXPECT_GE(span.item.data(), body.data());
    EXPECT_EQ(span.item.data() + span.item.size(), body.data() + body.size());
  });
  EXPECT_EQ(visited, 1u);
}

// Fields in any order: the resource and the scope may come after the spans.
TEST(Cursor, FindsTheResourceBehindTheSpans) {
  const std::string body =
      in_resource_spans(wrapped("\x12", "\x12\x00\x12\x03\x2a\x01x\x0a\x03\x0a\x01s"sv) + "\x0a\x02\x10\x05");
  std::vector<std::string_view> names;
  for_each_span(body, [&](const SpanView& span) {
    names.push_back(span.name);
    EXPECT_EQ(span.resource, "\x10\x05");
    EXPECT_EQ(span.scope, "\x0a\x01s");
  });
  EXPECT_THAT(names, ElementsAre("", "x"));
}

TEST(Cursor, VisitsWhatTheWalkerCounts) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string body = oracle::Generator(seed).message(Signal::logs)->SerializeAsString();
    std::size_t visited = 0;
    for_each_item(body, [&](const ItemView&) { ++visited; });
    EXPECT_EQ(visited, validate(Signal::logs, body)->items);
  }
}

}  // namespace
}  // namespace understudy::otlp
