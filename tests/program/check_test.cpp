#include <gmock/gmock.h>

#include <fstream>

#include "tests/program/running.h"

namespace understudy::program {
namespace {

using testing::HasSubstr;

class Check : public testing::Test {
 protected:
  Check() {
    server.send_spans();
    server.send_item("first");
  }
  std::string contract(const std::string& text) {
    const std::string path = (server.folder / "contract.yaml").string();
    std::ofstream(path) << text;
    return path;
  }
  Server server;
};

constexpr const char* holds = R"(version: 1
expect:
- that: the price is a child of the cart
  kind: span
  where: [name = price]
  count: 1
  each: [status.code = ERROR]
  child_of: [name = GET /cart, kind = SERVER]
- that: one item
  vendor: rollbar
  count: 1
)";

constexpr const char* fails = R"(version: 1
expect:
- that: the prize is there
  kind: span
  where: [name = prize]
)";

TEST_F(Check, HoldsLiveAndFromDisk) {
  const std::string path = contract(holds);
  const auto live = server.command({"check", "--contract", path});
  EXPECT_EQ(live.code, 0) << live.out << live.err;
  EXPECT_EQ(live.out, "ok      the price is a child of the cart\nok      one item\n2 of 2 expectations hold\n");
  const auto from_disk = run({"check", "--quiet", "--contract", path, "--journal", server.captures()});
  EXPECT_EQ(from_disk.code, 0) << from_disk.out << from_disk.err;
  EXPECT_EQ(from_disk.out, "2 of 2 expectations hold\n");
}

TEST_F(Check, ExitsWithThreeAndExplains) {
  const std::string path = contract(fails);
  const auto live = server.command({"check", "--contract", path});
  EXPECT_EQ(live.code, 3);
  EXPECT_THAT(live.out, HasSubstr("FAILED  the prize is there\n        0 spans matched name = \"prize\""));
  EXPECT_THAT(live.out, HasSubstr("its bytes: understudy show default/1/0 --url " + server.url + "\n"));
  EXPECT_THAT(live.out, HasSubstr(path + ":3\n"));
  EXPECT_EQ(server.command({"check", "--contract", path, "--fail-code", "7"}).code, 7);
  const auto from_disk = run({"check", "--contract", path, "--journal", server.captures()});
  EXPECT_EQ(from_disk.code, 3);
  EXPECT_THAT(from_disk.out, HasSubstr("understudy show default/1/0 --journal " + server.captures() + "\n"));
}

TEST_F(Check, JudgesFindings) {
  server.post("honeycomb_http", "/v1/traces", "{}");
  const auto judged = server.command({"check", "--contract", contract("version: 1\nfindings: {not_above: info}\n")});
  EXPECT_EQ(judged.code, 3) << judged.err;
  EXPECT_THAT(judged.out, HasSubstr("FAILED  no finding above info\n        honeycomb."));
  EXPECT_THAT(judged.out, HasSubstr("its bytes: understudy show default/"));
}

TEST_F(Check, RefusesWhatItCannotJudge) {
  const auto bad = server.command({"check", "--contract", contract("version: 1\nexpect:\n- {kind: span}\n")});
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, HasSubstr("contract.yaml:3:3: an expectation needs \"that\""));
  EXPECT_EQ(server.command({"check", "--contract", "/nowhere.yaml"}).code, 2);
  EXPECT_EQ(run({"check", "--contract", contract(holds), "--journal", "/nowhere"}).code, 2);
  EXPECT_EQ(run({"check"}).code, 2);
}

}  // namespace
}  // namespace understudy::program
