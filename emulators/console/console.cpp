#include "console/console.h"

#include <fmt/format.h>

#include "base/near_miss.h"
#include "base/percent.h"
#include "console/call.h"
#include "console/guard.h"
#include "console/routes.h"

namespace understudy::console {

using recording::Reply;
using recording::Request;

namespace {

void check_parameters(const Call& call) {
  for (const auto& [name, value] : call.parameters) {
    if (takes_parameter(call.route, name)) continue;
    std::vector<std::string_view> known;
    for (const Parameter& one : parameters()) {
      if (takes_parameter(call.route, one.name)) known.push_back(one.name);
    }
    const std::string_view near = nearest_name(name, known);
    const std::string mend = known.empty()  ? "leave it out"
                             : near.empty() ? fmt::format("it takes {}", fmt::join(known, ", "))
                                            : fmt::format("write {}=", near);
    throw Refused{400,
                  {fmt::format("{} {} takes no parameter \"{}\"", call.route.method, call.route.path, name), mend}};
  }
}

void choose_session(Call& call) {
  if (!takes_parameter(call.route, "session")) return;
  const std::string given = call.text("session");
  const std::string name = given.empty() ? "default" : given;
  call.session = call.house.sessions.find(name);
  if (call.session != nullptr) return;
  std::vector<std::string> names;
  for (const auto& one : call.house.sessions.all()) names.push_back(one->name());
  throw Refused{404,
                {fmt::format("no session is named \"{}\"", name),
                 fmt::format("use one of {}, or create it with POST /v1/sessions", fmt::join(names, ", "))}};
}

}  // namespace

class Console::Impl {
 public:
  explicit Impl(session::Sessions& sessions)
      : house_{sessions, session::loop_of(sessions), query_},
        query_([&server = sessions.server()](auto job) { server.post(std::move(job)); }) {
    sessions.on_published([this](session::Session&) { house_.followers.published(); });
    sessions.read_on(&query_);
  }
  ~Impl() {
    house_.sessions.on_published({});
    house_.sessions.read_on(nullptr);
  }

  transport::Server& server() { return house_.sessions.server(); }

  void request(const Request& request, std::shared_ptr<transport::Responder> responder) {
    const auto answer = [&responder](Reply&& reply) {
      transport::Outgoing out;
      out.reply = std::move(reply);
      responder->reply(std::move(out));
    };
    try {
      if (const auto refusal = refuse_foreign(request, house_.sessions.bind())) throw Refused{403, *refusal};
      std::vector<std::string> parts;
      const Route& route = find_route(request.method, request.path(), parts);
      Call call(house_, route, responder);
      call.protocol = request.protocol;
      call.path = std::move(parts);
      call.parameters = parse_query(request.query());
      call.last_event_id = request.header("last-event-id").value_or("");
      check_parameters(call);
      choose_session(call);
      read_body(request, call);
      route.handler(call);
    } catch (const Refused& refused) {
      answer(error_reply(refused));
    } catch (const std::exception& error) {
      answer(error_reply({500, {fmt::format("this should not happen: {}", error.what()), "please report it"}}));
    }
  }

 private:
  static void read_body(const Request& request, Call& call) {
    const std::string_view coding = request.header("content-encoding").value_or("");
    if (!coding.empty() && coding != "identity") {
      throw Refused{415, {fmt::format("the body is coded as {}", coding), "send it as it is"}};
    }
    if (!request.body.empty()) call.body = read_json(request.body, "the body");
    if (call.route.takes.empty() || call.body.is_object()) return;
    throw Refused{400,
                  {fmt::format("{} {} needs a JSON object as its body", call.route.method, call.route.path),
                   fmt::format("see {} in /v1/openapi.json", call.route.takes)}};
  }

  House house_;
  session::QueryThread query_;  // the last: it ends before what it works on
};

Console::Console(session::Sessions& sessions) : impl_(std::make_unique<Impl>(sessions)) {}
Console::~Console() { impl_->server().close(*this); }

void Console::request(const Request& request, std::shared_ptr<transport::Responder> responder) {
  impl_->request(request, std::move(responder));
}

// What never became a request is the peer's loss alone: console traffic is not recorded.
Reply Console::fragment(const Request&, std::uint64_t, const recording::Refusal& refusal) {
  using Reason = recording::Refusal::Reason;
  const int status = refusal.reason == Reason::head_too_large   ? 431
                     : refusal.reason == Reason::body_too_large ? 413
                     : refusal.reason == Reason::timeout        ? 408
                     : refusal.reason == Reason::overloaded     ? 503
                                                                : 400;
  Reply reply = error_reply({status, {std::string(refusal.detail), ""}});
  reply.close = true;
  return reply;
}

void Console::left(std::uint64_t, recording::Outcome) {}
void Console::datagrams(std::string_view, std::span<const transport::Datagram>, std::uint64_t) {}

}  // namespace understudy::console
