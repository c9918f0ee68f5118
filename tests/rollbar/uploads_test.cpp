// Source maps: accepted, told when they are none, used. Symbol files and replays: accepted.
#include <gmock/gmock.h>

#include "base/content_coding.h"
#include "rollbar/multipart.h"
#include "rollbar/source_maps.h"
#include "rollbar/zip.h"
#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Line 1: column 0 is line 1 of src/feed.ts, column 12 its line 7, column 4, in readFeed.
constexpr std::string_view map =
    R"({"version":3,"sourceRoot":"","sources":["src/feed.ts"],"names":["readFeed"],"mappings":"AAAA,YAMIA"})";

struct Field {
  std::string name;
  std::string content;
  std::string file_name = {};
};

Sent upload(const std::vector<Field>& fields, std::string_view path = "sourcemap") {
  std::string body;
  for (const Field& field : fields) {
    body += "--xyz\r\nContent-Disposition: form-data; name=\"" + field.name + "\"";
    if (!field.file_name.empty()) body += "; filename=\"" + field.file_name + "\"\r\nContent-Type: text/plain";
    body += "\r\n\r\n" + field.content + "\r\n";
  }
  return {.target = "/api/1/" + std::string(path),
          .headers = "X-Rollbar-Access-Token: t\r\nContent-Type: multipart/form-data; boundary=xyz\r\n",
          .body = body + "--xyz--\r\n"};
}

struct Zipped {
  std::string name;
  std::string data;
  std::size_t unpacked = 0;  // 0: the data is stored as it is
};

void append(std::string& bytes, std::uint64_t number, std::size_t count) {
  for (; count > 0; --count, number >>= 8) bytes += static_cast<char>(number & 0xff);
}

// Method, time, checksum, sizes and the name's length, as file and directory have them alike.
void append_header(std::string& bytes, const Zipped& file) {
  append(bytes, file.unpacked == 0 ? 0 : 8, 2);
  append(bytes, 0, 8);
  append(bytes, file.data.size(), 4);
  append(bytes, file.unpacked == 0 ? file.data.size() : file.unpacked, 4);
  append(bytes, file.name.size(), 2);
}

std::string zip(const std::vector<Zipped>& files) {
  std::string bytes, directory;
  for (const Zipped& file : files) {
    directory += "PK\x01\x02";
    append(directory, 20 << 16, 6);
    append_header(directory, file);
    append(directory, 0, 12);
    append(directory, bytes.size(), 4);
    directory += file.name;
    bytes += "PK\x03\x04";
    append(bytes, 20, 4);
    append_header(bytes, file);
    append(bytes, 0, 2);
    bytes += file.name + file.data;
  }
  const std::size_t start = bytes.size();
  bytes += directory + "PK\x05\x06";
  append(bytes, 0, 4);
  append(bytes, files.size(), 2);
  append(bytes, files.size(), 2);
  append(bytes, directory.size(), 4);
  append(bytes, start, 4);
  append(bytes, 0, 2);
  return bytes;
}

const std::vector<Field> whole = {{"version", "1.0"},
                                  {"minified_url", "//example.com/app.min.js"},
                                  {"source_map", std::string(map), "app.min.js.map"}};

std::string thrown(std::string_view file, int column, std::string_view version = "1.0", std::string_view method = "t") {
  return R"({"data":{"environment":"e","platform":"browser","client":{"javascript":{"code_version":")" +
         std::string(version) + R"("}},"body":{"trace":{"frames":[{"filename":")" + std::string(file) +
         R"(","lineno":1,"colno":)" + std::to_string(column) + R"(,"method":")" + std::string(method) +
         R"("}],"exception":{"class":"TypeError","message":"x"}}}}})";
}

TEST(RollbarSourceMaps, UnwindAFrame) {
  Door door;
  const auto& decision = door.send(upload(whole));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(nlohmann::json::parse(decision.reply.body)["result"]["uuid"].get<std::string>(), SizeIs(32));
  EXPECT_THAT(ids(decision), IsEmpty());
  door.send(item(thrown("https://example.com/app.min.js?v=1", 14)));
  const auto list = door.get("instances");
  const auto frame = list["instances"][0]["data"]["body"]["trace"]["frames"][0];
  EXPECT_EQ(frame["filename"], "src/feed.ts");
  EXPECT_EQ(frame["lineno"], 7);
  EXPECT_EQ(frame["colno"], 4);
  EXPECT_EQ(frame["method"], "readFeed");
  // What was sent stays what was sent.
  EXPECT_EQ(door.records()[0].fields["body"]["trace"]["frames"][0]["filename"], "https://example.com/app.min.js?v=1");
  door.expect_repeatable();
}

TEST(RollbarSourceMaps, OfAnotherVersionOrFileIsNotUsed) {
  for (const std::string& body :
       {thrown("https://example.com/app.min.js", 14, "2.0"), thrown("https://example.com/other.js", 14)}) {
    Door door;
    door.send(upload(whole));
    door.send(item(body));
    const auto list = door.get("instances");
    EXPECT_EQ(list["instances"][0]["data"]["body"]["trace"]["frames"][0]["lineno"], 1) << body;
  }
}

TEST(RollbarSourceMaps, UnwoundFramesGroup) {
  Door with, without;
  with.send(upload(whole));
  for (Door* door : {&with, &without}) {
    door->send(item(thrown("https://example.com/app.min.js", 14, "1.0", "t")));
    door->send(item(thrown("https://example.com/app.min.js", 15, "1.0", "n")));
  }
  EXPECT_EQ(with.get("items")["total_count"], 1);
  EXPECT_EQ(without.get("items")["total_count"], 2);
}

TEST(RollbarSourceMaps, WhatIsMissingIsTold) {
  Door door;
  const auto& none = door.send(upload({whole[0], whole[1]}));
  EXPECT_EQ(none.reply.status, 422);
  EXPECT_EQ(nlohmann::json::parse(none.reply.body)["message"], "missing source_map file upload");
  EXPECT_THAT(ids(none), ElementsAre("rollbar.upload.incomplete"));
  EXPECT_EQ(door.send(upload({whole[0], whole[2]})).reply.status, 422);
  EXPECT_EQ(door.send({.target = "/api/1/sourcemap", .body = "no multipart"}).reply.status, 422);
}

TEST(RollbarSourceMaps, AFileThatIsNone) {
  Door door;
  auto fields = whole;
  fields[2].content = "function(){}";
  const Sent sent = upload(fields);
  const auto& decision = door.send(sent);
  EXPECT_EQ(decision.reply.status, 200);
  ASSERT_THAT(ids(decision), ElementsAre("rollbar.upload.no-source-map"));
  EXPECT_EQ(bytes_of(decision.findings[0], sent.body), "function(){}");
}

TEST(RollbarSourceMaps, CutAndOddMapsAreNone) {
  for (const std::string_view text :
       {R"({"version":2,"mappings":""})", R"({"version":3})", "[]", "", R"({"version":3,"sources":[],"mappings":"!"})",
        R"({"version":3,"sources":[],"mappings":"gggggggggggg"})", R"({"version":3,"sources":[],"mappings":"D"})"}) {
    EXPECT_FALSE(SourceMap::parse(text).has_value()) << text;
  }
  const auto parsed = SourceMap::parse(map);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->find(1, 11)->line, 1U);
  EXPECT_EQ(parsed->find(1, 12)->line, 7U);
  EXPECT_FALSE(parsed->find(2, 0).has_value());
  EXPECT_FALSE(parsed->find(0, 0).has_value());
}

TEST(RollbarSourceMaps, NothingIsFetched) {
  Door door;
  const auto& decision = door.send({.target = "/api/1/sourcemap/download",
                                    .body = R"({"version":"1.0","minified_url":"https://example.com/app.min.js"})"});
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.upload.not-fetched"));
  EXPECT_EQ(door.send({.target = "/api/1/sourcemap/download", .body = R"({"version":"1.0"})"}).reply.status, 422);
}

TEST(RollbarSourceMaps, ABundleIsPutToTheUrlThatWasHandedOut) {
  Door door;
  const auto& decision = door.send({.target = "/api/1/signed_url/sourcemap_bundle",
                                    .body = R"({"version":"1.0","prefix_url":"https://example.com"})"});
  EXPECT_EQ(decision.reply.status, 200);
  const auto result = nlohmann::json::parse(decision.reply.body)["result"];
  EXPECT_TRUE(result["project_id"].is_number());
  const std::string url = result["signed_url"];
  ASSERT_TRUE(url.starts_with("https://api.rollbar.com/api/1/signed_upload/")) << url;
  const auto& put = door.send(
      {.method = "PUT", .target = url.substr(23), .headers = "", .body = zip({{"app.min.js.map", std::string(map)}})});
  EXPECT_EQ(put.reply.status, 200);
  EXPECT_THAT(ids(put), IsEmpty());
  door.send(item(thrown("https://example.com/app.min.js?v=1", 14)));
  EXPECT_EQ(door.get("instances")["instances"][0]["data"]["body"]["trace"]["frames"][0]["filename"], "src/feed.ts");
  EXPECT_EQ(door.send({.method = "PUT", .target = "/api/1/signed_upload/5", .headers = "", .body = ""}).reply.status,
            404);
  EXPECT_EQ(door.send({.target = "/api/1/signed_url/sourcemap_bundle", .body = "{}"}).reply.status, 422);
  door.expect_repeatable();
}

TEST(RollbarSourceMaps, ABundleWithoutMaps) {
  for (const std::string& body : {std::string(), std::string("PK"), zip({{"manifest.json", "{}"}}),
                                  zip({{"app.js.map", "no map"}}), zip({{"app.js", std::string(map)}})}) {
    Door door;
    const auto& decision = door.send({.target = "/api/1/signed_url/sourcemap_bundle",
                                      .body = R"({"version":"1.0","prefix_url":"https://example.com"})"});
    const std::string url = nlohmann::json::parse(decision.reply.body)["result"]["signed_url"];
    const auto& put = door.send({.method = "PUT", .target = url.substr(23), .headers = "", .body = body});
    EXPECT_EQ(put.reply.status, 200);
    EXPECT_THAT(ids(put), ElementsAre("rollbar.upload.not-unpacked")) << body;
  }
}

TEST(RollbarZip, StoredAndDeflatedFiles) {
  const std::string text(5000, 'x');
  // What gzip deflates stands between its head of 10 bytes and its tail of 8.
  const std::string packed = gzip(text).substr(10);
  const std::string archive =
      zip({{"folder/", ""}, {"folder/a.map", "stored"}, {"b", packed.substr(0, packed.size() - 8), text.size()}});
  const auto files = read_zip(archive, 10'000);
  ASSERT_TRUE(files.has_value());
  ASSERT_THAT(*files, SizeIs(2));
  EXPECT_EQ((*files)[0].name, "folder/a.map");
  EXPECT_EQ((*files)[0].content, "stored");
  EXPECT_EQ((*files)[1].content, text);
  EXPECT_FALSE(read_zip(archive, 5005).has_value());
  EXPECT_TRUE(read_zip(archive, 5006).has_value());
}

TEST(RollbarZip, CutAndDamagedOnesAreNone) {
  const std::string archive = zip({{"a", "text"}, {"b", "more"}});
  ASSERT_TRUE(read_zip(archive, 100).has_value());
  for (std::size_t size = 0; size < archive.size(); ++size) {
    EXPECT_FALSE(read_zip(std::string_view(archive).substr(0, size), 100).has_value()) << size;
  }
  std::size_t refused = 0;
  for (std::size_t i = 0; i < archive.size(); ++i) {
    std::string damaged = archive;
    damaged[i] = static_cast<char>(~static_cast<unsigned char>(damaged[i]));
    refused += read_zip(damaged, 100) ? 0U : 1U;
  }
  EXPECT_GT(refused, 40U);
}

TEST(RollbarUploads, SymbolFilesAreAccepted) {
  for (const std::string path : {"proguard", "dsym", "fluttersymbols"}) {
    Door door;
    EXPECT_EQ(door.send(upload({{"version", "1"}, {"mapping", "a -> b", "mapping.txt"}}, path)).reply.status, 200);
    EXPECT_EQ(door.send(upload({{"version", "1"}}, path)).reply.status, 422) << path;
    EXPECT_THAT(door.get("items")["items"], IsEmpty());
  }
}

TEST(RollbarReplay, IsAskedForBySettingAndAccepted) {
  Door door;
  EXPECT_EQ(header(door.send({}).reply, "Rollbar-Replay-Enabled"), "absent");
  door.settings({{"session_replay", true}});
  const auto reply = door.send({}).reply;
  EXPECT_EQ(header(reply, "Rollbar-Replay-Enabled"), "true");
  EXPECT_NE(header(reply, "Rollbar-Replay-RateLimit-Remaining"), "0");
  const Sent replay{.target = "/api/1/session/",
                    .headers = "X-Rollbar-Access-Token: t\r\nX-Rollbar-Replay-Id: r-1\r\n",
                    .body = R"({"resourceSpans":[]})"};
  EXPECT_EQ(door.send(replay).reply.body, "{\n  \"err\": 0\n}");
  EXPECT_EQ(door.send({.target = "/api/1/session/", .body = "{}"}).reply.status, 422);
}

TEST(RollbarReplay, IsReadBackAndDeleted) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", "page"}, {"scopes", {"post_client_item"}}},
                   {{"access_token", "own"}, {"scopes", {"read", "write"}}},
                   {{"access_token", "other"}, {"project", "other"}, {"scopes", {"read", "write"}}}}}});
  const auto replay = [](std::string_view id, std::string_view body) {
    return Sent{.target = "/api/1/session/",
                .headers = "X-Rollbar-Access-Token: page\r\nX-Rollbar-Replay-Id: " + std::string(id) + "\r\n",
                .body = std::string(body)};
  };
  const auto call = [](std::string_view method, std::string_view id, std::string_view with) {
    return Sent{.method = std::string(method),
                .target = "/api/1/environment/production/session/s%20/replay/" + std::string(id),
                .headers = "X-Rollbar-Access-Token: " + std::string(with) + "\r\n",
                .body = ""};
  };
  EXPECT_EQ(door.send(replay("r/1", R"({"resourceSpans":[1]})")).reply.status, 200);
  EXPECT_EQ(door.send(replay("r-2", R"({"resourceSpans":[2]})")).reply.status, 200);
  const auto& found = door.send(call("GET", "r%2F1", "own"));
  EXPECT_EQ(found.reply.status, 200);
  EXPECT_EQ(nlohmann::json::parse(found.reply.body)["result"], nlohmann::json::parse(R"({"resourceSpans":[1]})"));
  EXPECT_TRUE(found.read);
  EXPECT_EQ(door.send(call("GET", "r%2F1", "other")).reply.status, 404);
  EXPECT_EQ(door.send(call("DELETE", "r%2F1", "other")).reply.status, 404);
  EXPECT_EQ(door.send(call("DELETE", "r%2F1", "page")).reply.status, 403);
  EXPECT_EQ(door.send(call("DELETE", "r%2F1", "own")).reply.status, 200);
  EXPECT_EQ(door.send(call("DELETE", "r%2F1", "own")).reply.status, 404);
  EXPECT_EQ(door.send(call("GET", "r%2F1", "own")).reply.status, 404);
  EXPECT_EQ(door.send(call("GET", "r-2", "own")).reply.status, 200);
  door.expect_repeatable();
}

TEST(RollbarMultipart, CutBodiesAreNone) {
  const std::string body = upload(whole).body;
  ASSERT_TRUE(read_multipart(body, "xyz").has_value());
  for (std::size_t size = 0; size + 4 < body.size(); ++size) {
    EXPECT_FALSE(read_multipart(std::string_view(body).substr(0, size), "xyz").has_value()) << size;
  }
  EXPECT_EQ(boundary_of("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""), "a b");
  EXPECT_EQ(boundary_of("multipart/form-data"), "");
  EXPECT_EQ(boundary_of("application/json; boundary=x"), "");
}

}  // namespace
}  // namespace understudy::rollbar
