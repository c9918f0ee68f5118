// Transformers: the examples of the user guide, and what they refuse.
#include "cloudwatch_logs/transform.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

struct Example {
  const char* name;
  const char* processors;
  const char* message;
  const char* result;
};

std::ostream& operator<<(std::ostream& out, const Example& example) { return out << example.name; }

class Transform : public testing::TestWithParam<Example> {};

TEST_P(Transform, GivesWhatTheUserGuideShows) {
  Lab lab;
  const json input = {{"transformerConfig", json::parse(GetParam().processors)},
                      {"logEventMessages", {GetParam().message}}};
  const auto answer = lab.ask("TestTransformer", input.dump());
  ASSERT_EQ(answer["transformedLogs"].size(), 1u);
  EXPECT_EQ(answer["transformedLogs"][0]["eventNumber"], 1);
  EXPECT_EQ(answer["transformedLogs"][0]["eventMessage"], GetParam().message);
  EXPECT_EQ(answer["transformedLogs"][0].value("transformedEventMessage", ""), GetParam().result);
}

constexpr Example examples[] = {
    {"parseJSON", R"([{"parseJSON":{}}])", R"({"b":1,"a":{"c":[1,2]}})", R"({"b":1,"a":{"c":[1,2]}})"},
    {"parseJSON_destination", R"([{"parseJSON":{}},{"parseJSON":{"source":"a","destination":"parsed"}}])",
     R"({"a":"{\"x\":1}"})", R"({"a":"{\"x\":1}","parsed":{"x":1}})"},
    {"csv", R"([{"csv":{"delimiter":":","quoteCharacter":"'"}}])", "'Akua:Mansa':28:'New York: USA'",
     R"({"column_1":"Akua:Mansa","column_2":"28","column_3":"New York: USA"})"},
    {"csv_columns", R"([{"csv":{"columns":["a"],"delimiter":null}}])", R"(1,"say ""hi""",)",
     R"({"a":"1","column_2":"say \"hi\"","column_3":""})"},
    {"parseKeyValue",
     R"([{"parseKeyValue":{"destination":"new_key","fieldDelimiter":"!","keyValueDelimiter":":","keyPrefix":"parsed_",)"
     R"("nonMatchValue":"defaultValue"}}])",
     "key1:value1!key2:value2!key3:value3!key4",
     R"({"new_key":{"parsed_key1":"value1","parsed_key2":"value2","parsed_key3":"value3","parsed_key4":"defaultValue"}})"},
    {"addKeys",
     R"([{"parseJSON":{}},{"addKeys":{"entries":[{"key":"outer_key.new_key","value":"new_value"},)"
     R"({"key":"outer_key.inner_key","value":"kept"}]}}])",
     R"({"outer_key":{"inner_key":"inner_value"}})",
     R"({"outer_key":{"inner_key":"inner_value","new_key":"new_value"}})"},
    {"copyValue",
     R"([{"parseJSON":{}},{"copyValue":{"entries":[{"source":"a.b","target":"c"},)"
     R"({"source":"@accountId","target":"account"}]}}])",
     R"({"a":{"b":7}})", R"({"a":{"b":7},"c":7,"account":"000000000000"})"},
    {"moveKeys",
     R"([{"parseJSON":{}},{"moveKeys":{"entries":[{"source":"outer_key1.inner_key1","target":"outer_key2"}]}}])",
     R"({"outer_key1":{"inner_key1":"inner_value1"},"outer_key2":{"inner_key2":"inner_value2"}})",
     R"({"outer_key1":{},"outer_key2":{"inner_key2":"inner_value2","inner_key1":"inner_value1"}})"},
    {"renameKeys", R"([{"parseJSON":{}},{"renameKeys":{"entries":[{"key":"outer_key","renameTo":"new_key"}]}}])",
     R"({"outer_key":{"inner_key":"inner_value"}})", R"({"new_key":{"inner_key":"inner_value"}})"},
    {"deleteKeys", R"([{"parseJSON":{}},{"deleteKeys":{"withKeys":["outer_key.inner_key"]}}])",
     R"({"outer_key":{"inner_key":"inner_value"}})", R"({"outer_key":{}})"},
    {"listToMap",
     R"([{"parseJSON":{}},{"listToMap":{"source":"outer_key","key":"inner_key","valueKey":"inner_value"}},)"
     R"({"deleteKeys":{"withKeys":["outer_key"]}}])",
     R"({"outer_key":[{"inner_key":"a","inner_value":"val-a"},{"inner_key":"b","inner_value":"val-b1"},)"
     R"({"inner_key":"b","inner_value":"val-b2"}]})",
     R"({"a":["val-a"],"b":["val-b1","val-b2"]})"},
    {"listToMap_flatten",
     R"([{"parseJSON":{}},{"listToMap":{"source":"k","key":"i","valueKey":"v","flatten":true,"flattenedElement":"last",)"
     R"("target":"m"}},{"deleteKeys":{"withKeys":["k"]}}])",
     R"({"k":[{"i":"a","v":1},{"i":"a","v":2}]})", R"({"m":{"a":2}})"},
    {"splitString",
     R"([{"parseJSON":{}},{"splitString":{"entries":[{"source":"outer_key.inner_key","delimiter":"_"}]}}])",
     R"({"outer_key":{"inner_key":"inner_value"}})", R"({"outer_key":{"inner_key":["inner","value"]}})"},
    {"substituteString",
     R"x([{"parseJSON":{}},{"substituteString":{"entries":[{"source":"k","from":"(\\d+)-(\\d+)","to":"$2.$1"}]}}])x",
     R"({"k":"a 1-2 b"})", R"({"k":"a 2.1 b"})"},
    {"typeConverter",
     R"([{"parseJSON":{}},{"typeConverter":{"entries":[{"key":"n","type":"integer"},{"key":"d","type":"double"},)"
     R"({"key":"b","type":"boolean"},{"key":"s","type":"string"},{"key":"x","type":"integer"}]}}])",
     R"({"n":"123","d":"12.5","b":"TRUE","s":7,"x":"none"})", R"({"n":123,"d":12.5,"b":true,"s":"7","x":"none"})"},
    {"upperAndTrim", R"([{"parseJSON":{}},{"upperCaseString":{"withKeys":["a"]}},{"trimString":{"withKeys":["b.0"]}}])",
     R"({"a":"Value","b":["  x "]})", R"({"a":"VALUE","b":["x"]})"},
    {"lower", R"([{"parseJSON":{}},{"lowerCaseString":{"withKeys":["a","none"]}}])", R"({"a":"VALUE"})",
     R"({"a":"value"})"},
    {"not_readable", R"([{"parseJSON":{}},{"addKeys":{"entries":[{"key":"a","value":"b"}]}}])", "no JSON", ""},
};

INSTANTIATE_TEST_SUITE_P(Examples, Transform, testing::ValuesIn(examples),
                         [](const auto& example) { return std::string(example.param.name); });

// Each field is found by looking at those before it: a message of 100,000 of them must not hold up the service.
TEST(Transformers, CannotReadAMessageOfVeryManyFields) {
  Lab lab;
  const auto is_read = [&](const char* processors, const std::string& part, std::size_t times) {
    std::string message;
    for (std::size_t i = 0; i < times; ++i) message += part;
    const json input = {{"transformerConfig", json::parse(processors)}, {"logEventMessages", {message}}};
    return lab.ask("TestTransformer", input.dump())["transformedLogs"][0].contains("transformedEventMessage");
  };
  EXPECT_TRUE(is_read(R"([{"csv":{}}])", ",", 999));
  EXPECT_FALSE(is_read(R"([{"csv":{}}])", ",", 100'000));
  EXPECT_TRUE(is_read(R"([{"parseKeyValue":{}}])", "a=b&", 100'000)) << "one field";
  std::string pairs, object;
  for (int i = 0; i < 50'000; ++i) {
    pairs += fmt::format("{}=1&", i);
    object += fmt::format("{}\"{}\":1", i == 0 ? "{" : ",", i);
  }
  EXPECT_FALSE(is_read(R"([{"parseKeyValue":{}}])", pairs, 1));
  EXPECT_FALSE(is_read(R"([{"parseJSON":{}}])", object + "}", 1));
}

TEST(Transformers, RefuseProcessorsThatAreNotInOrder) {
  Lab lab;
  lab.make_stream();
  const auto put = [&](const char* processors) {
    return refused(lab.call("PutTransformer",
                            fmt::format(R"({{"logGroupIdentifier":"g","transformerConfig":{}}})", processors)))
        .finding;
  };
  EXPECT_EQ(put(R"([{"trimString":{"withKeys":["a"]}}])"), "cloudwatch_logs.transformer.processors");
  EXPECT_EQ(put(R"([{}])"), "cloudwatch_logs.transformer.processors");
  EXPECT_EQ(put(R"([{"parseJSON":{},"csv":{}}])"), "cloudwatch_logs.transformer.processors");
}

TEST(Transformers, AreStoredWithProcessorsThatCannotBeTested) {
  Lab lab;
  lab.make_stream();
  lab.ask("PutTransformer", R"({"logGroupIdentifier":"g","transformerConfig":[{"grok":{"match":"%{WORD:w}"}}]})");
  EXPECT_EQ(lab.ask("GetTransformer", R"({"logGroupIdentifier":"g"})")["transformerConfig"].size(), 1u);
  const auto tested =
      lab.call("TestTransformer", R"({"logEventMessages":["a"],"transformerConfig":[{"grok":{"match":"%{WORD:w}"}}]})");
  EXPECT_EQ(refused(tested).message, "Understudy does not build the processor grok.");
  EXPECT_EQ(refused(tested).finding, "cloudwatch_logs.transformer.not-built");
  EXPECT_EQ(tested.findings[0].place, "transformerConfig[0].grok");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
