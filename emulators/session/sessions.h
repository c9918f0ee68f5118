// All sessions of a process, and which of them a request belongs to.
//
// A session is chosen by its own ports; on shared ports by the header X-Understudy-Session, then by the credential that
// the session was created with, else it is "default". A name that no session has is refused.
//
// Threads: the io thread, but for the constructor and what is called before the server runs.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/query_thread.h"
#include "session/session.h"
#include "transport/server.h"

namespace understudy::session {

struct SessionsOptions {
  std::optional<std::filesystem::path> journal;  // each session lies in a folder of its name below
  std::uint64_t max_bytes = UINT64_MAX;          // a session
  bool fsync = false;
  std::string bind;                     // empty: loopback
  std::shared_ptr<transport::Tls> tls;  // null: plain only
  std::string ca_file;                  // that clients are to trust; goes with `tls`
};

using Ports = std::map<std::string, std::uint16_t, std::less<>>;  // door name -> number

struct NewSession {
  std::string name;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> credentials;  // that choose it on shared ports
  bool own_ports = false;
};

class Sessions {
 public:
  Sessions(transport::Server& server, const Vendors& vendors, SessionsOptions options);
  ~Sessions();

  // The names and default ports of all doors, in the vendors' order.
  const Ports& default_ports() const { return default_ports_; }

  // Opens the session and, where it has ports of its own, its doors; errors are one line that names the thing.
  std::expected<std::shared_ptr<Session>, std::string> create(const NewSession& wanted, const Progress& progress);
  // Opens the shared doors; 0 takes a free port.
  std::expected<Ports, std::string> listen(const Ports& wanted);

  // Opens one more socket of a shared door, with an address of its own.
  std::expected<std::uint16_t, std::string> listen(const transport::Listen& where);

  std::shared_ptr<Session> find(std::string_view name) const;  // null: there is none
  std::vector<std::shared_ptr<Session>> all() const;
  // Forgets a session and closes its ports; its journal stays on disk. "default" stays.
  std::expected<void, std::string> remove(std::string_view name);
  // The ports on which a session is reached: its own, or the shared ones.
  Ports ports_of(const Session& session) const;
  recording::Urls urls(const Ports& ports) const;
  recording::Environment environment(const Ports& ports, bool fast_flush) const;

  // Called whenever entries of any session were published, on the io thread. It must be cheap.
  void on_published(std::function<void(Session&)> published) { published_ = std::move(published); }
  // Where reads that look at many entries are done; null: at once, on the io thread.
  void read_on(QueryThread* query) { query_ = query; }
  // What is under way in any session is in its journal after it.
  void settle();
  const Vendors& vendors() const { return vendors_; }
  const std::string& ca_file() const { return options_.ca_file; }  // empty: no TLS
  std::string host() const;                                        // that a URL of this machine's clients names
  const std::string& bind() const { return options_.bind; }        // empty: loopback
  transport::Server& server() { return server_; }

 private:
  class Doors;  // the transport's handler for one set of ports
  struct Held;

  Session* choose(std::size_t vendor, const recording::Request& request, std::string& unknown) const;
  std::expected<Ports, std::string> open_doors(Doors& doors, const Ports& wanted);
  void outcomes_pending();
  void flush_outcomes();

  transport::Server& server_;
  Vendors vendors_;
  SessionsOptions options_;
  Ports default_ports_;
  std::map<std::string, Held, std::less<>> sessions_;
  std::map<std::string, std::string, std::less<>> by_credential_;
  std::unique_ptr<Doors> shared_;
  Ports shared_ports_;
  std::function<void(Session&)> published_;
  QueryThread* query_ = nullptr;
  bool flush_scheduled_ = false;
};

}  // namespace understudy::session
