// The HTTP surface, against what Flask 3.1 with flask-cors 6 answered to the same requests.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "backend/http/server.h"
#include "tests/backend/support.h"

namespace cruddur {
namespace {

using Json = nlohmann::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr auto frontend = "http://localhost:3000";
const Headers json_type{{"Content-Type", "application/json"}};

class Surface : public testing::Test {
 protected:
  explicit Surface(Environment::Variables variables = {{"FRONTEND_URL", frontend},
                                                       {"BACKEND_URL", "http://localhost:4567"}})
      : instruments(Instruments::silent()) {
    instruments->variants = *Variants::parse(variables.contains("CRUDDUR_VARIANT") ? variables["CRUDDUR_VARIANT"] : "");
    application = make_cruddur(Environment(std::move(variables)), *instruments, "127.0.0.1");
  }
  HttpResponse send(const std::string& method, const std::string& target, const Headers& headers = {},
                    const std::string& body = {}) {
    return application->handle(make_request(method, target, headers, body));
  }
  HttpResponse post(const std::string& target, const std::string& body) {
    return send("POST", target, json_type, body);
  }

  std::unique_ptr<Instruments> instruments;
  std::unique_ptr<Application> application;
};

class SurfaceOfSeeds : public Surface {
 protected:
  SurfaceOfSeeds() : Surface({{"BACKEND_URL", "http://localhost:4567"}, {"CRUDDUR_VARIANT", "seeds-2023"}}) {}
};

TEST_F(Surface, home_is_compact_sorted_json_of_981_bytes) {
  const auto home = send("GET", "/api/activities/home");
  EXPECT_EQ(home.status, 200);
  EXPECT_EQ(home.content_type, "application/json");
  EXPECT_EQ(home.body.size(), 981);  // as Flask's, line end included
  EXPECT_TRUE(home.body.starts_with("[{\"created_at\":\"")) << home.body;
  const auto activities = Json::parse(home.body);
  ASSERT_EQ(activities.size(), 3);
  EXPECT_EQ(activities[0]["handle"], "Andrew Brown");
  EXPECT_EQ(activities[0]["likes_count"], 5);
  EXPECT_EQ(activities[0]["replies"][0]["handle"], "Worf");
  EXPECT_EQ(activities[1]["likes"], 0);
  EXPECT_EQ(activities[2]["handle"], "Garek");
}

TEST_F(Surface, times_of_a_user_are_naive_and_those_of_others_have_an_offset) {
  const auto user = Json::parse(send("GET", "/api/activities/@worf").body);
  EXPECT_EQ(user[0]["handle"], "worf");
  EXPECT_EQ(user[0]["created_at"].get<std::string>().size(), std::string("2026-11-20T01:55:44.554311").size());
  const auto found = Json::parse(send("GET", "/api/activities/search?term=%20").body);
  EXPECT_EQ(found[0]["created_at"].get<std::string>().size(), std::string("2026-11-20T01:55:44.554311+00:00").size());
}

struct Case {
  const char* method;
  const char* target;
  const char* body;
  int status;
  const char* answer;  // null: not looked at
};

class Answers : public Surface, public testing::WithParamInterface<Case> {};

TEST_P(Answers, as_flask_does) {
  const auto& given = GetParam();
  const auto response = send(given.method, given.target, json_type, given.body);
  EXPECT_EQ(response.status, given.status) << response.body;
  if (given.answer != nullptr) {
    EXPECT_EQ(response.body, given.answer);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Answers,
    testing::Values(
        Case{"GET", "/api/activities/search", "", 422, "[\"search_term_blank\"]\n"},
        Case{"GET", "/api/activities/search?term=", "", 422, "[\"search_term_blank\"]\n"},
        Case{"GET", "/api/health-check", "", 200, "{\"success\":true,\"ver\":1}\n"},
        Case{"GET", "/rollbar/test", "", 200, "Hello World!"}, Case{"GET", "/api/activities/nothing", "", 500, nullptr},
        Case{"GET", "/api/activities/@", "", 500, nullptr}, Case{"GET", "/api/activities/", "", 404, nullptr},
        Case{"GET", "/api/activities/home/", "", 404, nullptr}, Case{"GET", "/api/activities/a%2Fb", "", 404, nullptr},
        Case{"GET", "/api/activities/%40worf", "", 200, nullptr}, Case{"POST", "/api/activities", "{", 400, nullptr},
        Case{"POST", "/api/activities", "", 400, nullptr}, Case{"POST", "/api/activities", "{}", 500, nullptr},
        Case{"POST", "/api/activities", "[]", 500, nullptr},
        Case{"POST", "/api/activities", R"({"message":"x"})", 500, nullptr},
        Case{"POST", "/api/activities", R"({"message":"","ttl":"7-days"})", 422, "[\"message_blank\"]\n"},
        Case{"POST", "/api/activities", R"({"message":"x","ttl":"2-days"})", 422, "[\"ttl_blank\"]\n"},
        Case{"POST", "/api/activities", R"({"message":"x","ttl":null})", 422, "[\"ttl_blank\"]\n"},
        Case{"POST", "/api/activities", R"({"message":"","ttl":"2-days"})", 422, "[\"message_blank\"]\n"},
        Case{"POST", "/api/activities", R"({"message":5,"ttl":"1-day"})", 500, nullptr},
        Case{"POST", "/api/activities", R"({"message":["a"],"ttl":"1-day"})", 200, nullptr},
        Case{"POST", "/api/activities", R"({"message":"a","ttl":[]})", 500, nullptr},
        Case{"POST", "/api/activities/x/reply", R"({"message":"a"})", 200, nullptr},
        Case{"POST", "/api/activities/x/reply", R"({"message":""})", 500, nullptr},
        Case{"POST", "/api/messages", R"({"message":"a","user_receiver_handle":""})", 422,
             "[\"user_reciever_handle_blank\"]\n"},
        Case{"POST", "/api/messages", R"({"message":"","user_receiver_handle":""})", 422, "[\"message_blank\"]\n"},
        Case{"POST", "/api/messages", R"({"message":"a","user_receiver_handle":"w"})", 200, nullptr},
        Case{"GET", "/api/message_groups", "", 200, nullptr}, Case{"GET", "/api/messages/@worf", "", 200, nullptr},
        Case{"PUT", "/api/activities", "", 405, nullptr}, Case{"POST", "/api/activities//reply", "{}", 405, nullptr}));

TEST_F(Surface, length_limits_count_characters) {
  std::string message;
  for (int i = 0; i < 280; ++i) {
    message += "\u00e9";
  }
  const auto send_message = [&](const std::string& text) {
    return post("/api/activities", Json{{"message", text}, {"ttl", "1-hour"}}.dump());
  };
  EXPECT_EQ(send_message(message).status, 200);
  EXPECT_EQ(send_message(message + "x").body, "[\"message_exceed_max_chars\"]\n");
  const Json direct{{"message", std::string(1025, 'x')}, {"user_receiver_handle", "worf"}};
  EXPECT_EQ(post("/api/messages", direct.dump()).status, 422);
}

TEST_F(Surface, text_beyond_ascii_is_escaped) {
  const auto response = post("/api/activities", "{\"message\":\"h\u00e9\x7f\",\"ttl\":\"1-day\"}");
  EXPECT_NE(response.body.find(R"("message":"h\u00e9\u007f")"), std::string::npos) << response.body;
}

TEST_F(Surface, wrong_content_type) {
  EXPECT_EQ(send("POST", "/api/activities", {{"Content-Type", "text/plain"}}, "hello").status, 415);
  EXPECT_EQ(send("POST", "/api/activities", {}, "{}").status, 415);
  const Headers vendor_type{{"Content-Type", "application/vnd.x+json; charset=utf-8"}};
  EXPECT_EQ(send("POST", "/api/activities", vendor_type, R"({"message":"a","ttl":"1-day"})").status, 200);
}

TEST_F(SurfaceOfSeeds, wrong_content_type) {
  EXPECT_EQ(send("POST", "/api/activities", {{"Content-Type", "text/plain"}}, "hello").status, 400);
}

TEST_F(SurfaceOfSeeds, an_origin_without_frontend_url_is_a_failure) {
  EXPECT_EQ(send("GET", "/api/health-check", {{"Origin", frontend}}).status, 500);
  EXPECT_EQ(send("GET", "/api/health-check").status, 200);
}

TEST_F(Surface, pages_of_errors) {
  EXPECT_EQ(
      send("GET", "/nothing").body,
      "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not "
      "found on the server. If you entered the URL manually please check your spelling and try again.</p>\n");
  EXPECT_EQ(send("GET", "/api/activities/x").body.size(), 265);
  const auto refused = send("DELETE", "/api/activities/home");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(refused.status_line(), "405 METHOD NOT ALLOWED");
}

TEST_F(Surface, runs_of_slashes_are_merged_by_a_redirect) {
  const auto response = send("GET", "/api//activities/home?x=1");
  EXPECT_EQ(response.status, 308);
  EXPECT_EQ(response.headers.get("Location"), "http://localhost:4567/api/activities/home?x=1");
  EXPECT_EQ(response.body.size(), 277);
}

TEST_F(Surface, cors_of_get_routes) {
  const auto allowed = send("GET", "/api/activities/home", {{"Origin", frontend}}).headers;
  EXPECT_EQ(allowed.get("Access-Control-Allow-Origin"), frontend);
  EXPECT_EQ(allowed.get("Access-Control-Expose-Headers"), "location,link");
  EXPECT_EQ(allowed.get("Vary"), "Origin");
  EXPECT_EQ(
      send("GET", "/api/activities/home", {{"Origin", "http://elsewhere"}}).headers.get("Access-Control-Allow-Origin"),
      std::nullopt);
  EXPECT_EQ(send("GET", "/api/nothing").headers.get("Access-Control-Allow-Origin"), frontend);
  EXPECT_EQ(send("GET", "/api/activities/x").headers.get("Access-Control-Allow-Origin"), frontend);
  EXPECT_EQ(send("GET", "/rollbar/test", {{"Origin", frontend}}).headers.get("Access-Control-Allow-Origin"),
            std::nullopt);
}

TEST_F(Surface, cors_of_post_routes) {
  const std::string good = R"({"message":"a","user_receiver_handle":"w"})";
  const auto plain = post("/api/messages", good).headers;
  EXPECT_EQ(plain.get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(plain.get("Vary"), std::nullopt);
  const auto asked =
      send("POST", "/api/messages", {{"Content-Type", "application/json"}, {"Origin", "http://any"}}, good).headers;
  EXPECT_EQ(asked.get("Access-Control-Allow-Origin"), "http://any");
  EXPECT_EQ(asked.get("Vary"), "Origin");
  // The route's own policy applies only to what the route answered itself.
  EXPECT_EQ(post("/api/messages", "{").headers.get("Access-Control-Allow-Origin"), frontend);
}

TEST_F(Surface, preflights) {
  Headers asked{{"Origin", frontend},
                {"Access-Control-Request-Headers", "traceparent, content-type"},
                {"Access-Control-Request-Method", "GET"}};
  const auto get = send("OPTIONS", "/api/activities/home", asked).headers;
  EXPECT_EQ(get.get("Access-Control-Allow-Methods"), "OPTIONS,GET,HEAD,POST");
  EXPECT_EQ(get.get("Access-Control-Allow-Headers"), std::nullopt);
  EXPECT_EQ(get.get("Allow"), "GET, HEAD, OPTIONS");
  asked[2].second = "POST";
  const auto post_route = send("OPTIONS", "/api/messages", asked).headers;
  EXPECT_EQ(post_route.get("Access-Control-Allow-Headers"), "content-type, traceparent");
  EXPECT_EQ(post_route.get("Access-Control-Allow-Methods"), "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
}

class Serving : public Surface {
 protected:
  Serving() : server(*application) {
    port = server.bind("127.0.0.1", 0).value_or(0);
    thread = std::thread([this] { server.serve(); });
  }
  ~Serving() override {
    // cpp-httplib forgets a stop that comes before its loop.
    httplib::Client("127.0.0.1", port).Get("/api/health-check");
    server.stop();
    thread.join();
  }

  Server server;
  int port = 0;
  std::thread thread;
};

TEST_F(Serving, neither_compresses_nor_answers_ranges_and_closes) {
  httplib::Client client("127.0.0.1", port);
  client.set_decompress(false);
  const auto whole = client.Get("/api/activities/home", {{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-9"}});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->status, 200);
  EXPECT_EQ(whole->body.size(), 981);
  EXPECT_EQ(whole->get_header_value("Connection"), "close");
  EXPECT_FALSE(whole->has_header("Content-Encoding"));
}

TEST_F(Serving, an_unknown_method_is_not_allowed) {
  httplib::Client client("127.0.0.1", port);
  httplib::Request request;
  request.method = "PROPFIND";
  request.path = "/api/activities/home";
  const auto refused = client.send(request);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->get_header_value("Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(Serving, a_form_of_any_size_is_read_as_a_body) {
  httplib::Client client("127.0.0.1", port);
  const auto refused = client.Post("/api/activities", std::string(20000, 'x'), "application/x-www-form-urlencoded");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 415);
}

TEST_F(Serving, a_second_server_does_not_share_the_port) {
  Server other(*application);
  const auto taken = other.bind("127.0.0.1", port);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().find("CRUDDUR_PORT"), std::string::npos);
}

}  // namespace
}  // namespace cruddur
