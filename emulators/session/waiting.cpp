#include "session/waiting.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/near_miss.h"
#include "session/session.h"

namespace understudy::session {

using nlohmann::json;
using nlohmann::ordered_json;
using recording::Entry;
using recording::Outcome;
using recording::Record;
using std::chrono::milliseconds;

// ---- what is asked

namespace {

constexpr std::string_view members[] = {"kind", "vendor", "where", "count", "timeout_ms", "quiet_ms", "after", "state"};

// Reads the members of a wait; keeps the first complaint.
class WaitReader {
 public:
  WaitReader(const json& given, const Vendors& vendors) : given_(given), vendors_(vendors) {}

  std::expected<Wait, InputError> read() {
    if (!given_.is_object()) {
      return std::unexpected(InputError{"a wait must be an object", R"(write {"kind": "span", "count": 1})"});
    }
    check_members();
    wait_.selection.kind = text("kind");
    wait_.selection.vendor = text("vendor");
    check_vendor();
    read_where();
    read_count();
    wait_.timeout = duration("timeout_ms", wait_.timeout);
    wait_.quiet = duration("quiet_ms", wait_.quiet);
    if (given_.contains("after")) wait_.after = number(given_["after"], "\"after\"", "the ordinal of an entry");
    read_state();
    check_times();
    if (error_) return std::unexpected(*error_);
    return wait_;
  }

 private:
  void complain(std::string error, std::string mend) {
    if (!error_) error_ = InputError{std::move(error), std::move(mend)};
  }

  void check_members() {
    for (const auto& [name, value] : given_.items()) {
      if (std::find(std::begin(members), std::end(members), name) != std::end(members)) continue;
      const std::string_view near = nearest_name(name, members);
      complain(fmt::format("unknown member \"{}\"", name), near.empty()
                                                               ? fmt::format("a wait has {}", fmt::join(members, ", "))
                                                               : fmt::format("write \"{}\"", near));
    }
  }

  std::string text(const char* name) {
    if (!given_.contains(name) || given_[name].is_null()) return "";
    if (given_[name].is_string()) return given_[name].get<std::string>();
    return complain(fmt::format("\"{}\" must be a string", name), fmt::format("write \"{}\": \"...\"", name)), "";
  }

  std::uint64_t number(const json& value, const std::string& what, std::string_view is) {
    const bool fits = value.is_number_integer() && value.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX);
    if (fits) return value.get<std::uint64_t>();
    return complain(fmt::format("{} must be a whole number from 0 on", what), fmt::format("it is {}", is)), 0;
  }

  milliseconds duration(const char* name, milliseconds otherwise) {
    if (!given_.contains(name)) return otherwise;
    const std::uint64_t count = number(given_[name], fmt::format("\"{}\"", name), "a count of milliseconds");
    if (count <= static_cast<std::uint64_t>(Wait::longest_timeout.count())) {
      return milliseconds(static_cast<std::int64_t>(count));
    }
    complain(fmt::format("\"{}\" is too long", name), fmt::format("at most {}", Wait::longest_timeout.count()));
    return otherwise;
  }

  void check_vendor() {
    if (wait_.selection.vendor.empty()) return;
    std::vector<std::string_view> names;
    for (const recording::Vendor* vendor : vendors_) names.push_back(vendor->name());
    if (std::find(names.begin(), names.end(), wait_.selection.vendor) != names.end()) return;
    complain(fmt::format("\"{}\" is no vendor", wait_.selection.vendor),
             fmt::format("use one of {}", fmt::join(names, ", ")));
  }

  void read_where() {
    if (!given_.contains("where")) return;
    auto filter = recording::Filter::from_json(given_["where"]);
    if (!filter) return complain(filter.error().error, filter.error().mend);
    wait_.selection.where = std::move(*filter);
  }

  void read_count() {
    const char* mend = R"(write {"at_least": n}, {"exactly": n}, n (exactly), or "never")";
    if (!given_.contains("count")) return;
    const json& count = given_["count"];
    wait_.count = Wait::Count::exactly;
    if (count == "never") {
      wait_.number = 0;
    } else if (count.is_number()) {
      wait_.number = number(count, "\"count\"", "how many records are wanted");
    } else if (count.is_object() && count.size() == 1 && count.contains("at_least")) {
      wait_.count = Wait::Count::at_least;
      wait_.number = number(count["at_least"], "\"at_least\"", "how many records are wanted");
    } else if (count.is_object() && count.size() == 1 && count.contains("exactly")) {
      wait_.number = number(count["exactly"], "\"exactly\"", "how many records are wanted");
    } else {
      complain("\"count\" is none of its forms", mend);
    }
  }

  void read_state() {
    const std::string state = text("state");
    if (state == "answered") wait_.state = Wait::State::answered;
    if (!state.empty() && state != "answered" && state != "received") {
      complain(fmt::format("\"{}\" is no state", state), "use \"received\" or \"answered\"");
    }
  }

  void check_times() {
    if (wait_.count == Wait::Count::at_least || wait_.timeout >= wait_.quiet) return;
    complain(fmt::format("\"timeout_ms\" ({}) is shorter than the quiet window ({} ms) that an exact count needs",
                         wait_.timeout.count(), wait_.quiet.count()),
             "raise timeout_ms, or lower quiet_ms");
  }

  const json& given_;
  const Vendors& vendors_;
  Wait wait_;
  std::optional<InputError> error_;
};

std::string counted(std::uint64_t number, std::string_view kind) {
  const std::string of = kind.empty() ? "" : fmt::format(" of kind {}", kind);
  return fmt::format("{} record{}{}", number, number == 1 ? "" : "s", of);
}

}  // namespace

std::expected<Wait, InputError> Wait::from_json(const json& given, const Vendors& vendors) {
  return WaitReader(given, vendors).read();
}

std::string Wait::wanted() const {
  std::string text = count == Count::at_least ? "at least " : number == 0 ? "" : "exactly ";
  text += number == 0 && count == Count::exactly
              ? "no record" + (selection.kind.empty() ? "" : " of kind " + selection.kind)
              : counted(number, selection.kind);
  if (!selection.vendor.empty()) text += " of " + selection.vendor;
  if (!selection.where.conditions().empty()) text += " where " + selection.where.text();
  return text;
}

ordered_json WaitResult::to_json() const {
  ordered_json result = {{"met", met}, {"seen", seen}};
  result["records"] = ordered_json::array();
  for (const Record& record : records) result["records"].push_back(recording::to_json(record));
  if (met) return result;
  result["nearest"] = nullptr;
  if (nearest) result["nearest"] = {{"record", recording::to_json(*nearest)}, {"why", why}};
  result["message"] = message;
  return result;
}

// ---- one wait that is under way; on the query thread, but for the constructor

class Waits::Run {
 public:
  Run(std::shared_ptr<const Session> session, const Wait& wait, Answer answer)
      : session_(std::move(session)), wait_(wait), answer_(std::move(answer)), capture_(capture_of(session_)) {
    begin_ = wait_.after ? *wait_.after + 1 : capture_.start;
    next_ = std::max(begin_, wait_.after ? capture_.start : begin_);
  }

  // Reads what is new, for a bounded time. True: it read everything that is published.
  bool read() {
    const auto until = std::chrono::steady_clock::now() + slice;
    forget_before_reset();
    const std::uint64_t end = capture_.journal->size();
    while (next_ < end && !too_many() && !(enough() && wait_.count == Wait::Count::at_least)) {
      read_entry(next_++);
      if (std::chrono::steady_clock::now() > until) break;
    }
    settle_answers();
    return next_ >= end;
  }

  bool enough() const { return seen() >= wait_.number; }
  bool too_many() const { return wait_.count == Wait::Count::exactly && seen() > wait_.number; }
  bool at_least() const { return wait_.count == Wait::Count::at_least; }
  std::uint64_t seen() const { return matched_.size() - unanswered_; }
  const Wait& wait() const { return wait_; }
  const std::string& damage() const { return damage_; }

  // Set once; what was published by then is still read before the verdict.
  void expire() {
    if (!expires_at_) expires_at_ = capture_.journal->size();
  }
  bool expired() const { return expires_at_ && next_ >= *expires_at_; }
  // The same for a quiet window that ended with this many counted.
  void quiet_over(std::uint64_t counted_then) {
    quiet_counted_ = counted_then;
    quiet_ends_at_ = capture_.journal->size();
  }
  bool quiet() const { return quiet_counted_ == seen() && next_ >= quiet_ends_at_; }

  // How many were counted when the quiet window was last begun.
  std::optional<std::uint64_t> quiet_begun;
  bool finished = false;

  WaitResult met() {
    WaitResult result;
    result.met = true;
    result.seen = seen();
    result.records = take_counted();
    return result;
  }

  WaitResult unmet() {
    WaitResult result;
    result.seen = seen();
    result.message = message();
    if (too_many()) {
      result.nearest = matched_.back().record;
      result.why = {wait_.number == 0 ? "it matches, and none may" : "it matches, and is one too many"};
    } else if (const auto waiting = first_unanswered(); waiting != matched_.end()) {
      result.nearest = waiting->record;
      result.why = {"it matches, but its reply was not written"};
    } else if (nearest_) {
      result.nearest = nearest_;
      result.why = wait_.selection.where.nearness(*nearest_).why;
    }
    result.records = take_counted();
    return result;
  }

  void answer(WaitResult&& result) { answer_(std::move(result)); }

 private:
  static constexpr milliseconds slice{20};

  struct Match {
    Record record;
    bool counts = true;
  };

  void read_entry(std::uint64_t ordinal) {
    const auto read = read_records(
        capture_, ordinal, wait_.selection.vendor,
        [&](Record&& record, const Entry& entry) { see(std::move(record), entry.reply.silent); }, wait_.selection.kind);
    if (!read) damage_ = read.error();
  }

  void see(Record&& record, bool without_reply) {
    ++kinds_[record.kind];
    if (!wait_.selection.kind.empty() && record.kind != wait_.selection.kind) return;
    const auto& where = wait_.selection.where;
    if (where.matches(record)) {
      const bool counts = wait_.state == Wait::State::received || without_reply;
      if (!counts) ++unanswered_;
      matched_.push_back({std::move(record), counts});
      return;
    }
    const std::size_t met = where.count_met(record);
    if (nearest_ && met <= nearest_met_) return;
    nearest_met_ = met;
    nearest_ = std::move(record);
  }

  // Replies that were written by now make their records count; those that never will be take them away.
  void settle_answers() {
    if (unanswered_ == 0) return;
    std::erase_if(matched_, [&](Match& match) {
      if (match.counts) return false;
      const Outcome outcome = capture_.journal->row(match.record.entry).outcome.load(std::memory_order_acquire);
      if (outcome == Outcome{}) return false;
      --unanswered_;
      match.counts = outcome == Outcome::written;
      return !match.counts;
    });
  }

  void forget_before_reset() {
    const std::uint64_t start = session_->start();
    if (wait_.after || start <= begin_) return;
    begin_ = start;
    next_ = std::max(next_, start);
    std::erase_if(matched_, [&](const Match& match) {
      if (match.record.entry >= start) return false;
      unanswered_ -= match.counts ? 0 : 1;
      return true;
    });
    if (nearest_ && nearest_->entry < start) nearest_.reset();
    kinds_.clear();
    quiet_begun.reset();
  }

  std::vector<Match>::const_iterator first_unanswered() const {
    return std::find_if(matched_.begin(), matched_.end(), [](const Match& match) { return !match.counts; });
  }

  std::vector<Record> take_counted() {
    std::vector<Record> records;
    for (Match& match : matched_) {
      if (match.counts) records.push_back(std::move(match.record));
    }
    matched_.clear();
    unanswered_ = 0;
    return records;
  }

  std::string message() const {
    if (!damage_.empty())
      return fmt::format("wanted {}, but the journal could not be read: {}", wait_.wanted(), damage_);
    if (too_many()) return fmt::format("wanted {}, but {} matched", wait_.wanted(), seen());
    std::string text =
        fmt::format("wanted {}, but {} matched within {} ms", wait_.wanted(), seen(), wait_.timeout.count());
    if (unanswered_ > 0) text += fmt::format("; {} more matched, but their replies were not written", unanswered_);
    if (enough()) {
      return text + fmt::format("; the last one came less than the quiet window of {} ms before the time-out",
                                wait_.quiet.count());
    }
    if (nearest_) {
      const recording::Nearness near = wait_.selection.where.nearness(*nearest_);
      return text + fmt::format("; the nearest meets {} of {} conditions: {}", near.met,
                                wait_.selection.where.conditions().size(), fmt::join(near.why, "; "));
    }
    return seen() > 0 ? text : text + arrived();
  }

  std::string arrived() const {
    if (kinds_.empty()) return "; no record at all came";
    std::vector<std::string> parts;
    for (const auto& [kind, count] : kinds_) parts.push_back(fmt::format("{} of kind {}", count, kind));
    return fmt::format("; what came was {}", fmt::join(parts, ", "));
  }

  std::shared_ptr<const Session> session_;
  Wait wait_;
  Answer answer_;
  Capture capture_;
  std::uint64_t begin_ = 0;
  std::uint64_t next_ = 0;  // the entry to read next
  std::vector<Match> matched_;
  std::size_t unanswered_ = 0;  // of those that matched
  std::optional<Record> nearest_;
  std::size_t nearest_met_ = 0;
  std::map<std::string, std::uint64_t> kinds_;  // what came, for the message
  std::string damage_;
  std::optional<std::uint64_t> expires_at_;
  std::optional<std::uint64_t> quiet_counted_;
  std::uint64_t quiet_ends_at_ = 0;
};

// ---- all of them

void Waits::begin(std::shared_ptr<const Session> session, const Wait& wait, Answer answer) {
  const auto run = std::make_shared<Run>(std::move(session), wait, std::move(answer));
  const auto finish = [run](WaitResult&& result) {
    run->finished = true;
    run->answer(std::move(result));
    return Followers::Next::done;
  };
  followers_.follow([this, run, finish] {
    const bool all_read = run->read();
    if (!run->damage().empty() || run->too_many()) return finish(run->unmet());
    if (run->enough()) {
      if (run->at_least() || run->quiet()) return finish(run->met());
      if (run->quiet_begun != run->seen()) {
        run->quiet_begun = run->seen();
        await_quiet(run, run->seen());
      }
    }
    if (run->expired()) return finish(run->unmet());
    return all_read ? Followers::Next::wait : Followers::Next::again;
  });
  // The timer does not keep a wait that was answered, and with it its session.
  loop_.after(wait.timeout, [this, waiting = std::weak_ptr(run)] {
    if (waiting.expired()) return;
    loop_.drain([this, waiting] {
      query_.post_urgent([this, waiting] {
        const auto still = waiting.lock();
        if (!still || still->finished) return;
        still->expire();
        followers_.wake();
      });
    });
  });
}

void Waits::await_quiet(const std::shared_ptr<Run>& run, std::uint64_t counted_then) {
  query_.to_io([this, quiet = run->wait().quiet, waiting = std::weak_ptr(run), counted_then] {
    loop_.after(quiet, [this, waiting, counted_then] {
      loop_.drain([this, waiting, counted_then] {
        query_.post_urgent([this, waiting, counted_then] {
          const auto still = waiting.lock();
          if (!still || still->finished) return;
          still->quiet_over(counted_then);
          followers_.wake();
        });
      });
    });
  });
}

Capture capture_of(const std::shared_ptr<const Session>& session) {
  return {session, &session->journal(), &session->vendors(), session->name(), session->start()};
}

}  // namespace understudy::session
