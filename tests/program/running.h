// Runs the built program: a command to its end, or a server for the length of a test.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/places.h"

extern char** environ;

namespace understudy::program {

using Variables = std::vector<std::string>;  // "NAME=value"

// Starts the program with its output going to descriptors; the parent's own descriptors are closed in it.
inline pid_t start(std::vector<std::string> arguments, const Variables& more, int out, int err) {
  arguments.insert(arguments.begin(), places::program);
  std::vector<char*> argv, envp;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  Variables variables = more;
  for (char** one = environ; *one != nullptr; ++one) {
    if (std::string_view(*one).substr(0, 15) != "UNDERSTUDY_URL=") variables.emplace_back(*one);
  }
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = -1;
  EXPECT_EQ(posix_spawn(&pid, places::program, &actions, nullptr, argv.data(), envp.data()), 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

inline std::string whole(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char piece[4096];
  for (std::size_t count = 0; (count = std::fread(piece, 1, sizeof piece, file)) > 0;) text.append(piece, count);
  return text;
}

struct Finished {
  int code = -1;
  std::string out;
  std::string err;
};

inline Finished run(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  std::FILE* out = std::tmpfile();
  std::FILE* err = std::tmpfile();
  const pid_t pid = start(arguments, variables, fileno(out), fileno(err));
  int status = 0;
  waitpid(pid, &status, 0);
  Finished finished{WIFEXITED(status) ? WEXITSTATUS(status) : -1, whole(out), whole(err)};
  std::fclose(out);
  std::fclose(err);
  return finished;
}

// "understudy serve" on free ports. Ready when constructed.
class Server {
 public:
  explicit Server(const std::vector<std::string>& more = {}) {
    std::string pattern = (std::filesystem::temp_directory_path() / "understudy-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    std::vector<std::string> arguments = {"serve",
                                          "--ports",
                                          "auto",
                                          "--ready-file",
                                          (folder / "ready.json").string(),
                                          "--journal",
                                          (folder / "captures").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    pid_ = start(arguments, {}, ends[1], STDERR_FILENO);
    close(ends[1]);
    out_ = fdopen(ends[0], "r");
    char line[1024];
    while (std::fgets(line, sizeof line, out_) != nullptr && std::string_view(line).substr(0, 7) != "console") {
    }
    std::FILE* file = std::fopen((folder / "ready.json").c_str(), "r");
    EXPECT_NE(file, nullptr);
    ready = nlohmann::json::parse(whole(file));
    std::fclose(file);
    url = ready["urls"]["console"];
  }
  ~Server() {
    if (pid_ > 0) {
      EXPECT_EQ(stop(), 0);
    }
    std::fclose(out_);
    std::filesystem::remove_all(folder);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int stop() {
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string post(const std::string& door, const std::string& path, const std::string& body,
                   const httplib::Headers& headers = {}) {
    httplib::Client client("127.0.0.1", ready["ports"][door].get<int>());
    const auto reply = client.Post(path, headers, body, "application/json");
    EXPECT_TRUE(reply) << door << path;
    return reply ? reply->body : "";
  }
  void send_item(const std::string& title, const std::string& level = "error") {
    post("rollbar", "/api/1/item/",
         R"({"access_token":"0123456789abcdef0123456789abcdef","data":{"environment":"test","level":")" + level +
             R"(","body":{"message":{"body":")" + title + R"("}}}})");
  }
  void send_spans() {
    post("honeycomb_http", "/v1/traces", R"({"resourceSpans":[{"resource":{"attributes":[
           {"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
           {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /cart","kind":2,
            "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000012500000"},
           {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1102030405060708","parentSpanId":"0102030405060708",
            "name":"price","kind":1,"startTimeUnixNano":"1700000000001000000","endTimeUnixNano":"1700000000001850000",
            "status":{"code":2}}]}]}]})",
         {{"x-honeycomb-team", "abcdefghijklmnopqrstuv"}});
  }
  Finished command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", url});
    return run(arguments);
  }
  std::string captures() const { return (folder / "captures").string(); }

  std::filesystem::path folder;
  nlohmann::json ready;
  std::string url;

 private:
  pid_t pid_ = -1;
  std::FILE* out_ = nullptr;
};

}  // namespace understudy::program
