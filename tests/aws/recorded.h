// Requests kept under tests/data, as a door sees them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "recording/request.h"
#include "tests/places.h"

namespace understudy::aws {

inline std::string contents(const std::string& path) {
  std::ifstream file(std::string(places::source) + "/tests/data/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// `name` without its extension: "cloudwatch_logs/watchtower-3.4.0-put-log-events".
class Recorded {
 public:
  explicit Recorded(const std::string& name) : head_(contents(name + ".head")), body_(contents(name + ".bin")) {
    body_size_ = body_.size();
    body_.append(64, '\0');
  }
  recording::Request request() const {
    recording::Request request;
    request.door = "aws";
    request.head = head_;
    request.body = std::string_view(body_).substr(0, body_size_);
    recording::parse_head(request);
    return request;
  }

 private:
  std::string head_;
  std::string body_;
  std::size_t body_size_;
};

}  // namespace understudy::aws
