#include "session/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "session/streaming.h"
#include "session/waiting.h"
#include "tls/trust.h"

namespace understudy::session {

using recording::Door;
using recording::Refusal;
using recording::Reply;
using recording::Request;

namespace {

constexpr std::string_view default_name = "default";
// Outcomes that are not asked for earlier are written this soon.
constexpr std::chrono::milliseconds flush_delay{2};

// A session's name is also a folder and part of record ids.
bool is_name(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

// Requests of one set of ports. `pinned` is the session that owns the ports, null for the shared ones.
class Sessions::Doors final : public transport::Handler {
 public:
  Doors(Sessions& sessions, Session* pinned) : sessions_(sessions), pinned_(pinned) {}

  void request(const Request& request, std::shared_ptr<transport::Responder> responder) override {
    const std::size_t vendor = vendor_for(request);
    std::string unknown;
    Session* session = pinned_ != nullptr ? pinned_ : sessions_.choose(vendor, request, unknown);
    if (session == nullptr) return refuse_session(vendor, request, unknown, *responder);
    Session::Begun begun = session->begin(vendor, request);
    if (begun.read) return read_later(session->shared_from_this(), std::move(begun.read), std::move(responder));
    remember(begun.out, *session);
    if (begun.goes_on && stream(*session, vendor, begun, *responder)) return;
    responder->reply(std::move(begun.out));
  }

  Reply fragment(const Request& partial, std::uint64_t total_bytes, const Refusal& refusal) override {
    return some_session().fragment(vendor_for(partial), partial, total_bytes, refusal);
  }

  void left(std::uint64_t token, recording::Outcome outcome) override {
    // On own ports the token is the ordinal; on shared ports sessions other than the default one are remembered.
    Session* session = &some_session();
    if (const auto found = foreign_.find(token); found != foreign_.end()) {
      session = sessions_.find(found->second).get();
      foreign_.erase(found);
    }
    if (session != nullptr) session->left(token & ordinal_mask, outcome);
  }

  void datagrams(std::string_view door, std::span<const transport::Datagram> batch, std::uint64_t dropped) override {
    Request probe;
    probe.door = door;
    probe.protocol = recording::Protocol::udp;
    some_session().datagrams(vendor_for(probe), door, batch, dropped);
  }

 private:
  static constexpr std::uint64_t ordinal_mask = (1ull << 48) - 1;

  void read_later(const std::shared_ptr<Session>& session, const std::shared_ptr<DeferredRead>& read,
                  std::shared_ptr<transport::Responder> responder) {
    QueryThread* const query = sessions_.query_;
    auto finish = [this, alive = std::weak_ptr(alive_), session, read, responder = std::move(responder)] {
      if (alive.expired()) return;
      transport::Outgoing out = session->finish(*read);
      remember(out, *session);
      responder->reply(std::move(out));
    };
    if (query == nullptr) {
      read->run(session->journal());
      return finish();
    }
    // `finish` alone holds the session and the responder, and it goes on to the io thread: they end there.
    query->post([query, &journal = session->journal(), reading = read.get(), finish = std::move(finish)]() mutable {
      reading->run(journal);
      query->to_io(std::move(finish));
    });
  }

  // False where there can be no stream.
  bool stream(Session& session, std::size_t vendor, Session::Begun& begun, transport::Responder& responder) {
    transport::Outgoing head = begun.out;
    auto stream = responder.stream(std::move(head));
    if (!stream) return false;
    const auto run = std::make_shared<Streaming>(session.shared_from_this(), vendor, begun.out.ordinal & ordinal_mask,
                                                 std::move(begun.goes_on), std::move(stream));
    auto& server = sessions_.server_;
    run->begin([&server](auto delay, auto work) { server.after(delay, std::move(work)); }, sessions_.query_, alive_);
    return true;
  }

  Session& some_session() { return pinned_ != nullptr ? *pinned_ : *sessions_.find(default_name); }

  // The first vendor of the door that claims the request, else the last of the door.
  std::size_t vendor_for(const Request& request) const {
    std::size_t last = 0;
    for (std::size_t i = 0; i < sessions_.vendors_.size(); ++i) {
      for (const Door& door : sessions_.vendors_[i]->doors()) {
        if (door.name != request.door) continue;
        last = i;
        if (sessions_.vendors_[i]->claims(request)) return i;
      }
    }
    return last;
  }

  void refuse_session(std::size_t vendor, const Request& request, const std::string& unknown,
                      transport::Responder& responder) {
    const std::string detail = fmt::format("no session is named \"{}\"", unknown);
    transport::Outgoing out;
    out.reply =
        some_session().fragment(vendor, request, request.body.size(), {Refusal::Reason::unknown_session, detail});
    responder.reply(std::move(out));
  }

  // Ordinals of several sessions meet on shared ports: those of others than the default one get a mark above bit 48.
  void remember(transport::Outgoing& out, const Session& session) {
    if (!out.recorded || &session == &some_session()) return;
    out.ordinal |= ++marks_ << 48;
    foreign_.emplace(out.ordinal, session.name());
  }

  Sessions& sessions_;
  Session* pinned_;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // what was asked here before is answered only while it is
  std::uint64_t marks_ = 0;
  std::map<std::uint64_t, std::string> foreign_;
};

struct Sessions::Held {
  std::shared_ptr<Session> session;
  std::unique_ptr<Doors> doors;  // null: it is reached on the shared ports
  Ports ports;
};

Sessions::Sessions(transport::Server& server, const Vendors& vendors, SessionsOptions options)
    : server_(server),
      vendors_(vendors),
      options_(std::move(options)),
      shared_(std::make_unique<Doors>(*this, nullptr)) {
  for (const recording::Vendor* vendor : vendors_) {
    for (const Door& door : vendor->doors()) default_ports_.emplace(door.name, door.default_port);
  }
}

Sessions::~Sessions() = default;

std::expected<std::shared_ptr<Session>, std::string> Sessions::create(const NewSession& wanted,
                                                                      const Progress& progress) {
  if (!is_name(wanted.name)) {
    return std::unexpected(
        fmt::format("\"{}\" is no session name: use 1 to 64 letters, digits, '-', '_' and '.'", wanted.name));
  }
  if (sessions_.contains(wanted.name)) {
    return std::unexpected(fmt::format("a session \"{}\" exists already", wanted.name));
  }
  for (const std::string& credential : wanted.credentials) {
    if (by_credential_.contains(credential)) return std::unexpected("a credential belongs to another session already");
  }
  SessionOptions options;
  options.name = wanted.name;
  options.seed = wanted.seed;
  options.max_bytes = options_.max_bytes;
  options.fsync = options_.fsync;
  if (options_.journal) options.directory = *options_.journal / wanted.name;
  auto opened = Session::open(options, vendors_, progress);
  if (!opened) return std::unexpected(opened.error());
  std::shared_ptr<Session> session = std::move(*opened);
  session->on_published([this, raw = session.get()] {
    if (published_) published_(*raw);
  });
  session->on_outcomes_pending([this] { outcomes_pending(); });
  session->on_held([this, held = std::weak_ptr(session)](std::chrono::milliseconds time) {
    server_.after(time, [held] {
      if (const auto still = held.lock()) still->release_held();
    });
  });
  Held& held = sessions_[wanted.name];
  held.session = session;
  if (wanted.own_ports) {
    held.doors = std::make_unique<Doors>(*this, session.get());
    Ports free_ports = default_ports_;
    for (auto& [door, port] : free_ports) port = 0;
    auto ports = open_doors(*held.doors, free_ports);
    if (!ports) {
      server_.close(*held.doors);
      sessions_.erase(wanted.name);
      return std::unexpected(ports.error());
    }
    held.ports = *ports;
  }
  for (const std::string& credential : wanted.credentials) by_credential_[credential] = wanted.name;
  return session;
}

std::expected<Ports, std::string> Sessions::listen(const Ports& wanted) {
  auto ports = open_doors(*shared_, wanted);
  if (ports) shared_ports_ = *ports;
  return ports;
}

std::expected<std::uint16_t, std::string> Sessions::listen(const transport::Listen& where) {
  auto number = server_.listen(where, *shared_);
  if (number) shared_ports_[where.door] = *number;
  return number;
}

std::expected<Ports, std::string> Sessions::open_doors(Doors& doors, const Ports& wanted) {
  Ports opened;
  for (const recording::Vendor* vendor : vendors_) {
    for (const Door& door : vendor->doors()) {
      const auto port = wanted.find(door.name);
      if (port == wanted.end() || opened.contains(door.name)) continue;
      transport::Listen listen;
      listen.door = door.name;
      listen.address = options_.bind;
      listen.port = port->second;
      listen.tcp = door.tcp;
      listen.udp = door.udp;
      listen.limits.body_bytes = door.max_body_bytes;
      listen.tls = options_.tls;
      const auto number = server_.listen(listen, doors);
      if (!number) return std::unexpected(number.error());
      opened.emplace(door.name, *number);
    }
  }
  return opened;
}

Session* Sessions::choose(std::size_t vendor, const Request& request, std::string& unknown) const {
  if (const auto name = request.header("x-understudy-session")) {
    const auto found = sessions_.find(*name);
    if (found == sessions_.end()) return unknown = *name, nullptr;
    return found->second.session.get();
  }
  if (!by_credential_.empty()) {
    if (const auto credential = vendors_[vendor]->credential(request)) {
      if (const auto found = by_credential_.find(*credential); found != by_credential_.end()) {
        return find(found->second).get();
      }
    }
  }
  return find(default_name).get();
}

std::shared_ptr<Session> Sessions::find(std::string_view name) const {
  const auto found = sessions_.find(name);
  return found == sessions_.end() ? nullptr : found->second.session;
}

std::vector<std::shared_ptr<Session>> Sessions::all() const {
  std::vector<std::shared_ptr<Session>> all;
  for (const auto& [name, held] : sessions_) all.push_back(held.session);
  return all;
}

std::expected<void, std::string> Sessions::remove(std::string_view name) {
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) return std::unexpected(fmt::format("no session is named \"{}\"", name));
  if (name == default_name) return std::unexpected("the session \"default\" stays; reset it instead");
  if (found->second.doors) server_.close(*found->second.doors);
  found->second.session->settle();
  std::erase_if(by_credential_, [name](const auto& entry) { return entry.second == name; });
  sessions_.erase(found);
  return {};
}

Ports Sessions::ports_of(const Session& session) const {
  const auto found = sessions_.find(session.name());
  return found != sessions_.end() && found->second.doors ? found->second.ports : shared_ports_;
}

std::string Sessions::host() const {
  const std::string& bind = options_.bind;
  if (bind.empty() || bind == "0.0.0.0") return "127.0.0.1";
  if (bind == "::") return "[::1]";
  return bind.find(':') == std::string::npos ? bind : fmt::format("[{}]", bind);  // RFC 3986 section 3.2.2
}

recording::Urls Sessions::urls(const Ports& ports) const {
  recording::Urls urls;
  const std::string host = this->host();
  const std::string_view scheme = options_.tls ? "https" : "http";
  for (const recording::Vendor* vendor : vendors_) {
    for (const Door& door : vendor->doors()) {
      const auto port = ports.find(door.name);
      if (port == ports.end()) continue;
      if (door.tcp) urls[std::string(door.name)] = fmt::format("{}://{}:{}", scheme, host, port->second);
      if (door.udp) urls[fmt::format("{}_udp", door.name)] = fmt::format("{}:{}", host, port->second);
    }
  }
  return urls;
}

recording::Environment Sessions::environment(const Ports& ports, bool fast_flush) const {
  recording::Environment environment;
  const recording::Urls of_doors = urls(ports);
  for (const recording::Vendor* vendor : vendors_) {
    for (auto& variable : vendor->environment(of_doors, fast_flush)) {
      const bool known = std::any_of(environment.begin(), environment.end(),
                                     [&](const auto& other) { return other.first == variable.first; });
      if (!known) environment.push_back(std::move(variable));
    }
  }
  if (options_.tls) {
    for (const std::string_view variable : tls::trust_variables) environment.emplace_back(variable, options_.ca_file);
  }
  return environment;
}

void Sessions::outcomes_pending() {
  if (flush_scheduled_) return;
  flush_scheduled_ = true;
  server_.after(flush_delay, [this] {
    flush_scheduled_ = false;
    flush_outcomes();
  });
}

void Sessions::settle() {
  for (const auto& [name, held] : sessions_) held.session->settle();
}

Loop loop_of(Sessions& sessions) {
  transport::Server& server = sessions.server();
  return {
      [&server](std::function<void()> job) { server.post(std::move(job)); },
      [&server](std::chrono::milliseconds delay, std::function<void()> job) { server.after(delay, std::move(job)); },
      [&server, &sessions](std::function<void()> job) {
        server.drain([&sessions, job = std::move(job)] {
          sessions.settle();
          job();
        });
      }};
}

void Sessions::flush_outcomes() {
  for (const auto& [name, held] : sessions_) held.session->flush_outcomes();
}

}  // namespace understudy::session
