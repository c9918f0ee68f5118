// One isolated recording: a journal, the state of each vendor, a clock, faults and accounts.
//
// The straight line of every request: decide (pure) -> append -> apply -> reply. If the append fails, nothing was
// applied and the vendor's overloaded reply goes out.
//
// Threads: all of it on the io thread, but for what says otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recording/continuation.h"
#include "recording/journal.h"
#include "recording/vendor.h"
#include "session/reads.h"
#include "session/views.h"
#include "transport/handler.h"

namespace understudy::session {

struct SessionOptions {
  std::string name = "default";
  std::optional<std::filesystem::path> directory;  // of this session's segment files; absent: in memory
  std::uint64_t max_bytes = UINT64_MAX;
  bool fsync = false;
  std::optional<std::uint64_t> seed;  // absent: random; a journal that exists brings its own
};

// How far recovery is; called a few times a second at most.
using Progress = std::function<void(std::uint64_t done_bytes, std::uint64_t all_bytes)>;

struct VendorProof {
  std::string vendor;
  bool fold_equals_live = true;
  std::uint64_t decided_again = 0;
  std::vector<std::string> differences;  // one sentence each, ten at most
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  static std::expected<std::unique_ptr<Session>, std::string> open(const SessionOptions& options,
                                                                   const Vendors& vendors, const Progress& progress);

  // ---- doors
  // A request: what goes out at once; or, of a read that looks at many entries, what its answer needs: run() it where
  // nothing waits for it, then finish() it. `goes_on`: what comes after what goes out at once.
  struct Begun {
    transport::Outgoing out{};
    std::unique_ptr<DeferredRead> read{};
    std::shared_ptr<recording::Continuation> goes_on{};
  };
  Begun begin(std::size_t vendor, const recording::Request& request);
  transport::Outgoing finish(DeferredRead& read);
  // Both in one.
  transport::Outgoing handle(std::size_t vendor, const recording::Request& request);
  void datagrams(std::size_t vendor, std::string_view door, std::span<const transport::Datagram> batch,
                 std::uint64_t dropped);
  recording::Reply fragment(std::size_t vendor, const recording::Request& partial, std::uint64_t total_bytes,
                            const recording::Refusal& refusal);
  void left(std::uint64_t ordinal, recording::Outcome outcome);
  // A datagram that a fault holds back is taken in after the next one; `release` is called when one is held, with the
  // time after which it is to be released anyway.
  void release_held();
  void on_held(std::function<void(std::chrono::milliseconds)> release) { hold_ = std::move(release); }
  // Outcomes are gathered and written as one entry; `schedule` is called when there is something to flush soon.
  void flush_outcomes();
  // Both: what is under way is in the journal after it.
  void settle();
  void on_outcomes_pending(std::function<void()> schedule) { schedule_ = std::move(schedule); }

  // ---- settings; each is checked, appended, applied. The error says what is wrong with the input, or why nothing
  // could be appended.
  using Done = std::expected<std::uint64_t, std::string>;  // the entry's ordinal
  Done set_accounts(const nlohmann::json& accounts);
  Done set_settings(const nlohmann::json& settings);
  Done set_clock(const Clock& clock);
  std::expected<Fault, std::string> add_fault(const nlohmann::json& fault);
  Done clear_faults();
  Done reset();
  // A request that the harness itself sent to the backend, with the response: method, url, status, headers, ...
  Done driven(const nlohmann::json& exchange);

  // ---- views
  const Views& views() const { return views_; }
  const recording::Journal& journal() const { return *journal_; }                 // any thread
  std::uint64_t start() const { return start_.load(std::memory_order_acquire); }  // any thread
  const std::string& name() const { return name_; }                               // any thread
  const Vendors& vendors() const { return views_.vendors(); }                     // any thread
  const std::string& warning() const { return journal_->warning(); }
  // What could not be kept since the last reset, and why; empty: everything was.
  std::vector<std::string> troubles() const;
  // Called after entries were published. It must be cheap.
  void on_published(std::function<void()> published) { published_ = std::move(published); }

  // Whether folding the entries gives the live state, and deciding again gives each recorded reply. The first half
  // (dumps of the live state) runs here, the second is returned as work for any thread.
  std::function<std::vector<VendorProof>()> prove() const;

 private:
  Session(const SessionOptions& options, const Vendors& vendors);
  std::expected<std::uint64_t, std::string> append(std::span<const recording::Draft> drafts);
  Done control(std::string_view type, const std::string& text);
  Fault* fault_for(std::size_t vendor, const recording::Request& request);
  // One append. `fault`: what acted on the batch, as its entries tell it; empty: nothing.
  void take(std::size_t vendor, std::string_view door, std::span<const transport::Datagram> batch,
            std::uint64_t dropped, std::string_view fault);
  void take_with_faults(std::size_t vendor, std::string_view door, const transport::Datagram& datagram);
  void lose(const Fault& fault, std::size_t vendor, const recording::Request& request);
  recording::Context context(std::size_t vendor, const recording::Moment& moment, std::uint64_t ordinal) const;
  void note_not_kept(std::uint64_t& count, std::uint64_t more, std::size_t vendor, const recording::Request& request);
  void tell_not_kept(std::size_t vendor, const recording::Request& request);
  transport::Outgoing overloaded(std::size_t vendor, const recording::Request& request);
  std::unique_ptr<DeferredRead> defer(std::size_t vendor, const recording::Request& request,
                                      const recording::Moment& moment, recording::Decision&& decision,
                                      const Fault* fault);
  void take_effect(const Fault& fault, const recording::Request& request, transport::Outgoing& out);
  transport::Outgoing fault_before(Fault& fault, std::size_t vendor, const recording::Request& request);

  std::string name_;
  Views views_;
  std::unique_ptr<recording::Journal> journal_;
  std::atomic<std::uint64_t> start_{0};
  std::shared_ptr<Indexes> indexes_;  // those who read hold it: a reset makes another
  std::uint64_t reads_ = 0;           // reads that were answered later, so far
  std::vector<recording::OutcomeOf> outcomes_;
  struct NotKept {
    std::uint64_t requests = 0;
    std::uint64_t datagrams = 0;
    std::string why;  // of the last one
  };
  NotKept not_kept_;  // since the last reset
  struct Held {
    std::size_t vendor;
    std::string door;
    std::string bytes;  // with what must follow a body
    std::size_t size;
    std::string peer;
    std::string fault;
  };
  std::optional<Held> held_;
  std::function<void(std::chrono::milliseconds)> hold_;
  std::function<void()> schedule_;
  std::function<void()> published_;
  std::vector<const recording::Continuing*> continuing_;  // a vendor each; null: its replies are whole
};

}  // namespace understudy::session
