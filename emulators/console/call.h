// One request to the control API on its way to an answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/input_error.h"
#include "console/entry_json.h"
#include "console/streams.h"
#include "session/query_thread.h"
#include "session/sessions.h"
#include "session/waiting.h"
#include "transport/handler.h"

namespace understudy::console {

struct Route;

// What handlers work with; lives as long as the console.
struct House {
  session::Sessions& sessions;
  session::Loop loop;
  session::QueryThread& query;
  session::Followers followers{query};
  session::Waits waits{loop, query, followers};
  Streams streams{loop, query, followers};
};

// Thrown by whatever reads a request; becomes {"error","mend"} with this status. Never leaves the console.
struct Refused {
  int status;
  InputError why;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

recording::Reply json_reply(int status, const nlohmann::ordered_json& body);
recording::Reply error_reply(const Refused& refused);
recording::Reply text_reply(std::string_view content_type, std::string text);

class Call {
 public:
  Call(House& with, const Route& of, std::shared_ptr<transport::Responder> responder)
      : house(with), route(of), responder_(std::move(responder)) {}

  House& house;
  const Route& route;
  recording::Protocol protocol = recording::Protocol::http1;
  std::vector<std::string> path;  // what stood in the places of "{...}"
  std::vector<std::pair<std::string, std::string>> parameters;
  nlohmann::json body;  // null where none was sent
  std::string last_event_id;
  std::shared_ptr<session::Session> session;

  // Parameters of the query; those that say nothing valid are refused.
  std::string text(std::string_view name) const;  // empty: not given
  std::uint64_t limit() const;  // of what a list holds: 1000 where the parameter is not given, 100,000 at most
  std::optional<std::uint64_t> number(std::string_view name) const;
  std::uint64_t first_entry(std::uint64_t otherwise) const;  // the one after "after"
  bool flag(std::string_view name) const;
  std::string vendor() const;
  Secrets secrets() const { return flag("show_secrets") ? Secrets::shown : Secrets::masked; }
  session::Selection selection() const;  // vendor, kind, where

  // Answers, now or from the query thread.
  void reply(recording::Reply&& reply) const;
  void reply(int status, const nlohmann::ordered_json& json) const { reply(json_reply(status, json)); }
  void later(std::function<recording::Reply()> work) const;
  std::shared_ptr<transport::Stream> stream(recording::Reply&& head) const;
  const std::shared_ptr<transport::Responder>& responder() const { return responder_; }

 private:
  std::shared_ptr<transport::Responder> responder_;
};

// The reply of `work`, whatever it throws.
recording::Reply guarded(const std::function<recording::Reply()>& work);

// JSON that was sent: at most 64 levels deep. Refuses with the place of what is wrong.
nlohmann::json read_json(std::string_view text, std::string_view what);
bool is_whole_number(const nlohmann::json& value);  // from 0 on

}  // namespace understudy::console
