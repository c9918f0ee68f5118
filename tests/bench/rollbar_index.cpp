// What a session does with 100,000 occurrences of 3 KB in 1,000 items, and how long Rollbar's read operations take over
// them: the first one, which makes the index see them all, and each one after it. CPU time; a line of JSON. Fails where
// what is read back is not what was sent.
//   bench_rollbar_index [occurrences]
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>

#include "recording/moment.h"
#include "rollbar/rollbar.h"
#include "session/session.h"

namespace {

using namespace understudy;

constexpr std::size_t different = 1'000;

// As pyrollbar words it: each occurrence has its uuid and its locals.
std::string body_of(std::size_t i, std::int64_t second) {
  std::string frames;
  for (int frame = 0; frame < 16; ++frame) {
    frames += fmt::format(R"({}{{"filename": "/srv/releases/20261121/app/file{}.py", "lineno": {}, )"
                          R"("method": "method_{}", "code": "return self.connection.load_row"}})",
                          frame == 0 ? "" : ", ", frame, frame * 7 + i % 5, frame);
  }
  return fmt::format(
      R"({{"access_token": "0123456789abcdef0123456789abcdef", "data": {{"timestamp": {}, "environment": )"
      R"("production", "level": "error", "language": "python 3.11.2", "notifier": {{"name": "pyrollbar", "version": )"
      R"("1.5.0"}}, "uuid": "f33ed7cf-31c9-44b6-9330-{:012x}", "framework": "flask", "context": "/api/rows/<row>", )"
      R"("code_version": "1.{}", "body": {{"trace": {{"frames": [{}, {{"filename": "/srv/app/rows.py", "lineno": 8, )"
      R"("method": "show", "code": "raise", "argspec": ["row"], "locals": {{"row": "{}"}}}}], "exception": {{)"
      R"("class": "Error{}", "message": "row {} is missing"}}}}}}, "request": {{"url": "http://localhost/api/rows/{}", )"
      R"("GET": {{}}, "POST": {{}}, "user_ip": "127.0.0.1", "headers": {{"Host": "localhost", "Accept": "*/*"}}, )"
      R"("method": "GET", "files_keys": []}}, "server": {{"host": "backend", "pid": 10031, "argv": ["app.py"], )"
      R"("root": "/srv/app"}}}}}})",
      second, i, i % 5, frames, i, i % different, i, i);
}

// Of this process, so that the neighbours do not count.
double milliseconds_since(std::clock_t start) {
  return 1e3 * static_cast<double>(std::clock() - start) / static_cast<double>(CLOCKS_PER_SEC);
}

class Bench {
 public:
  explicit Bench(std::size_t occurrences)
      : occurrences_(occurrences), vendor_(rollbar::make_vendor()), vendors_{vendor_.get()} {
    session::SessionOptions options;
    options.seed = 1;
    session_ = std::move(*session::Session::open(options, vendors_, {}));
  }

  bool run() {
    took_in();
    nlohmann::ordered_json told = {{"occurrences", occurrences_}, {"bytes", bytes_}, {"taken_in_ms", taken_in_ms_}};
    for (const std::string target :
         {"items", "items?level=error&query=x&page=3", "instances?page=4000", "instances?limit=100",
          "reports/top_active_items", "reports/occurrence_counts", "versions/1.3", "versions/1.3/items"}) {
      if (!told.contains("first_read_ms")) told["first_read_ms"] = read(target);
      told["reads_ms"][target] = read(target);
    }
    fmt::print("{}\n", told.dump());
    return is_right_;
  }

 private:
  void took_in() {
    const std::int64_t second = std::time(nullptr);
    for (std::size_t i = 0; i < occurrences_; ++i) {
      const std::string body = body_of(i, second);
      bytes_ = body.size();
      const auto start = std::clock();
      const transport::Outgoing out = send("POST", "item/", body);
      taken_in_ms_ += milliseconds_since(start);
      if (out.reply.status != 200) fail("item/", out.reply);
    }
  }

  double read(const std::string& target) {
    const auto start = std::clock();
    const transport::Outgoing out = send("GET", target, "");
    const double took = milliseconds_since(start);
    const auto result = nlohmann::ordered_json::parse(out.reply.body, nullptr, false)["result"];
    if (out.reply.status != 200 || result != expected(target, result)) fail(target, out.reply);
    return took;
  }

  // The result with what is known beforehand put into it.
  nlohmann::ordered_json expected(const std::string& target, nlohmann::ordered_json result) const {
    if (target == "items") {
      result["total_count"] = std::min(occurrences_, different);
      for (auto& item : result["items"]) item["total_occurrences"] = std::max<std::size_t>(1, occurrences_ / different);
    }
    if (target == "reports/occurrence_counts") {
      std::size_t sum = 0;
      for (const auto& row : result) sum += row[1].get<std::size_t>();
      if (sum != occurrences_) return nullptr;
    }
    return result;
  }

  transport::Outgoing send(std::string_view method, const std::string& target, const std::string& body) {
    const std::string padded = body + std::string(64, '\0');
    const std::string head = fmt::format(
        "{} /api/1/{} HTTP/1.1\r\nHost: api.rollbar.com\r\nUser-Agent: python-requests/2.34.2\r\n"
        "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Type: "
        "application/json\r\nX-Rollbar-Access-Token: 0123456789abcdef0123456789abcdef\r\n"
        "Content-Length: {}\r\n\r\n",
        method, target, body.size());
    recording::Request request;
    request.door = "rollbar";
    request.peer = "127.0.0.1:50000";
    request.head = head;
    request.body = std::string_view(padded).substr(0, body.size());
    parse_head(request);
    return session_->handle(0, request);
  }

  void fail(const std::string& target, const recording::Reply& reply) {
    if (is_right_) fmt::print(stderr, "{} answers {} and not what was sent: {}\n", target, reply.status, reply.body);
    is_right_ = false;
  }

  const std::size_t occurrences_;
  std::unique_ptr<recording::Vendor> vendor_;
  session::Vendors vendors_;
  std::unique_ptr<session::Session> session_;
  std::size_t bytes_ = 0;
  double taken_in_ms_ = 0;
  bool is_right_ = true;
};

}  // namespace

int main(int count, char** arguments) {
  return Bench(count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 100'000).run() ? 0 : 1;
}
