// What a vendor is to the rest of the house: pure rules over a state that only recorded effects change.
//
// The straight line of every request: decide (pure) -> append the entry -> apply its effect -> reply.
// Recovery and judging apply the recorded effects and never decide again, so a capture keeps its meaning when a rule
// is mended later.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recording/entry.h"
#include "recording/finding.h"
#include "recording/moment.h"
#include "recording/request.h"

namespace understudy::recording {

struct Record;  // recording/record.h

// A port that a vendor answers on. Several vendors may name one door (the AWS APIs share "aws"): each request goes to
// the first that claims it, in the order in which the program lists the vendors.
struct Door {
  std::string_view name;  // also its key in the ready file
  std::uint16_t default_port;
  bool tcp;  // HTTP/1.1, h2c and gRPC by sniffing
  bool udp;  // the same number for UDP
  std::size_t max_body_bytes;
};

// A request that never reached decide().
struct Refusal {
  enum class Reason {
    bad_head,
    head_too_large,
    body_too_large,
    timeout,
    overloaded,
    tls_on_plain_port,
    tls_failed,
    tls_unknown_host,
    tls_unused,  // the handshake was complete, and no request followed
    unknown_session,
    cut  // the peer ended the connection or the stream in the middle
  };
  Reason reason;
  std::string_view detail;  // what was wrong, for a person
};

// Reads earlier entries of the same session; valid below the entry that is being decided.
class EntrySource {
 public:
  virtual ~EntrySource() = default;
  virtual std::expected<Entry, std::string> read(std::uint64_t ordinal) const = 0;
};

struct Context {
  Moment moment;
  Entropy entropy;
  std::uint64_t ordinal;       // how many entries there are: what this decision is about lies below
  const EntrySource& entries;  // bodies of earlier entries, for read operations
};

// What a vendor's read operations keep beside the state: indexes and columns over the entries, built in order. Used by
// one thread at a time, never by the io thread.
class Index {
 public:
  virtual ~Index() = default;
  // Every exchange of this vendor since the last reset, in order, each once.
  virtual void add(const Entry& entry) = 0;
};

struct Answer {
  Reply reply{};
  std::vector<Finding> findings{};
};

struct Decision {
  Reply reply{};
  std::vector<Finding> findings{};
  std::string effect{};  // empty: nothing to apply
  bool read = false;     // a read operation
  // A read that looks at many entries: its answer is made away from the io thread, over an index that has seen exactly
  // the entries below context.ordinal. The other members stay empty then. The request is gone when it is called, and it
  // may be called again, for the proof: the same index and context give the same answer. Ids are drawn within it, from
  // its context. It must not throw.
  std::function<Answer(Index& index, const Context& context)> later{};
};

// What apply() gets: the recorded effect (never empty) and the entry that carries it.
struct Applied {
  std::uint64_t ordinal;
  const Moment& moment;
  std::string_view effect;
  std::string_view body;  // of the request
};

// The base of each vendor's state; a vendor casts to its own.
class State {
 public:
  virtual ~State() = default;
};

using RecordSink = std::function<void(Record&&)>;
// Door name -> base URL ("http://127.0.0.1:4318"); for UDP doors also "<door>_udp" -> "127.0.0.1:2000".
using Urls = std::map<std::string, std::string, std::less<>>;
using Environment = std::vector<std::pair<std::string, std::string>>;

// One object a vendor and program, without state of its own: every method is const and may run on any thread.
class Vendor {
 public:
  virtual ~Vendor() = default;

  virtual std::string_view name() const = 0;  // lower snake case; the first part of its finding ids
  virtual std::span<const Door> doors() const = 0;
  virtual std::span<const FindingRule> rules() const = 0;

  // Whether a request on a shared door is this vendor's.
  virtual bool claims(const Request& request) const = 0;
  // What tells sessions on a shared port apart (API key, access token, access key id); nothing if there is none.
  virtual std::optional<std::string> credential(const Request& request) const = 0;
  // The vendor's wording for what is refused below a request.
  virtual Reply refuse(const Refusal& refusal, Protocol protocol) const = 0;

  virtual std::unique_ptr<State> make_state() const = 0;
  // What Decision::later reads from; null: the vendor has no such reads.
  virtual std::unique_ptr<Index> make_index() const { return nullptr; }
  virtual Decision decide(const State& state, const Request& request, const Context& context) const = 0;
  // Never fails: what could fail was decided before.
  virtual void apply(State& state, const Applied& applied) const = 0;
  // The state as text, equal for equal states; what "fold equals live" compares.
  virtual std::string dump(const State& state) const = 0;

  // Accounts known to a session; without any, every well-shaped credential is accepted. Says what is wrong with them.
  virtual std::expected<void, std::string> check_accounts(const nlohmann::json& accounts) const = 0;
  virtual void apply_accounts(State& state, const nlohmann::json& accounts) const = 0;
  // Settings beside accounts (switches that the vendor documents), by the same two steps.
  virtual std::expected<void, std::string> check_settings(const nlohmann::json& settings) const = 0;
  virtual void apply_settings(State& state, const nlohmann::json& settings) const = 0;

  // The records that an exchange of this vendor means, in order. Stateless, on any thread.
  virtual void records(const Entry& entry, const RecordSink& sink) const = 0;
  // Kinds of records that are made for those alone who ask for the kind by name: the same exchange once more, as the
  // vendor stores it. Their index is set, and above those of records().
  virtual std::span<const std::string_view> kinds_on_request() const { return {}; }
  virtual void records_on_request(std::string_view /*kind*/, const Entry& /*entry*/, const RecordSink& /*sink*/) const {
  }
  // Findings that no single request shows (missing parents, duplicated ids): a view over records, computed when read.
  // Called with every record of this vendor in order, then asked. Null: the vendor has none.
  struct DerivedFinding {
    Finding finding;
    std::uint64_t entry;
  };
  class Deriver {
   public:
    virtual ~Deriver() = default;
    virtual void add(const Record& record) = 0;
    virtual std::vector<DerivedFinding> findings() const = 0;
  };
  virtual std::unique_ptr<Deriver> make_deriver() const { return nullptr; }

  // The vendor's own host names, in lower case: what a client calls that has no setting for its endpoint. TLS answers
  // to these.
  virtual std::vector<std::string> hosts() const { return {}; }

  // What to set so that each SDK of this vendor talks to these doors. `fast_flush` adds the batch-delay variables.
  virtual Environment environment(const Urls& urls, bool fast_flush) const = 0;
};

}  // namespace understudy::recording
