#include "session/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "session/refusal_rules.h"

namespace understudy::session {

using nlohmann::json;
using recording::Draft;
using recording::Entry;
using recording::EntryKind;
using recording::Protocol;
using recording::Refusal;
using recording::Reply;
using recording::Request;

namespace {

constexpr std::size_t outcomes_an_entry = 1024;
constexpr std::size_t fragment_bytes_kept = 64 * 1024;
constexpr std::size_t bytes_after_a_body = 64;  // as Request::body promises

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

recording::EntryFields exchange_fields(const recording::Moment& moment, std::string_view vendor,
                                       const Request& request) {
  recording::EntryFields fields;
  fields.kind = EntryKind::exchange;
  fields.moment = moment;
  fields.vendor = vendor;
  fields.protocol = request.protocol;
  fields.door = request.door;
  fields.peer = request.peer;
  fields.head = request.head;
  fields.grpc_compressed = request.grpc_compressed;
  return fields;
}

Reply reply_of(const Fault& fault, const Request& request) {
  Reply reply;
  reply.status = fault.status;
  reply.headers = fault.headers;
  reply.body = fault.body;
  if (request.protocol == Protocol::grpc) reply.grpc_status = 14;  // UNAVAILABLE
  return reply;
}

// After the delay: until then a connection that waits for a reply is not read.
bool resets(const Fault& fault) {
  return fault.action == Fault::Action::reset || fault.action == Fault::Action::stop_reading;
}

Request request_of(std::string_view door, const transport::Datagram& datagram) {
  Request request;
  request.protocol = Protocol::udp;
  request.door = door;
  request.body = datagram.bytes;
  request.peer = datagram.peer;
  return request;
}

std::string told(const Fault& fault) {
  json told = to_json(fault);
  told.erase("count");
  return told.dump();
}

}  // namespace

Session::Session(const SessionOptions& options, const Vendors& vendors) : name_(options.name), views_(vendors) {
  for (const auto* vendor : vendors) continuing_.push_back(dynamic_cast<const recording::Continuing*>(vendor));
}

std::expected<std::unique_ptr<Session>, std::string> Session::open(const SessionOptions& options,
                                                                   const Vendors& vendors, const Progress& progress) {
  std::unique_ptr<Session> session(new Session(options, vendors));
  recording::JournalOptions journal;
  journal.directory = options.directory;
  journal.max_bytes = options.max_bytes;
  journal.fsync = options.fsync;
  for (const recording::Vendor* vendor : vendors) journal.vendors.emplace_back(vendor->name());
  auto told_at = std::chrono::steady_clock::now();
  const auto replay = [&](const Entry& entry, std::uint64_t done, std::uint64_t all) {
    session->views_.apply(entry);
    session->reads_ = std::max(session->reads_, entry.read_number);
    if (!progress || entry.ordinal % 256 != 0) return;
    if (const auto now = std::chrono::steady_clock::now(); now - told_at > std::chrono::milliseconds(250)) {
      told_at = now;
      progress(done, all);
    }
  };
  auto opened = recording::Journal::open(journal, replay);
  if (!opened) return std::unexpected(opened.error());
  session->journal_ = std::move(*opened);
  if (session->journal_->size() == 0) {
    const json first = {{"name", options.name}, {"seed", options.seed.value_or(random_seed())}, {"journal", 1}};
    if (auto begun = session->control("session", first.dump()); !begun) return std::unexpected(begun.error());
  }
  session->start_ = session->views_.start;
  session->indexes_ = std::make_shared<Indexes>(vendors, session->views_.start);
  return session;
}

std::expected<std::uint64_t, std::string> Session::append(std::span<const Draft> drafts) {
  auto first = journal_->append(drafts);
  if (first && published_) published_();
  return first;
}

recording::Context Session::context(std::size_t vendor, const recording::Moment& moment, std::uint64_t ordinal) const {
  return {moment, recording::Entropy(views_.seed, vendors()[vendor]->name(), ordinal), ordinal, *journal_};
}

// ---- doors

transport::Outgoing Session::handle(std::size_t vendor, const Request& request) {
  Begun begun = begin(vendor, request);
  if (!begun.read) return std::move(begun.out);
  begun.read->run(*journal_);
  return finish(*begun.read);
}

Session::Begun Session::begin(std::size_t vendor, const Request& request) {
  Fault* fault = views_.faults.empty() ? nullptr : fault_for(vendor, request);
  if (fault != nullptr && fault->replaces_the_vendor()) {
    return {fault_before(*fault, vendor, request)};
  }
  const recording::Moment moment = views_.clock.now();
  const recording::Context now = context(vendor, moment, journal_->size());
  recording::Decision decision = vendors()[vendor]->decide(views_.state(vendor), request, now);
  std::shared_ptr<recording::Continuation> goes_on;
  if (continuing_[vendor] != nullptr) {
    goes_on = continuing_[vendor]->continuation(views_.state(vendor), request, decision, now);
  }
  if (decision.later) return {{}, defer(vendor, request, moment, std::move(decision), fault)};

  Draft draft{exchange_fields(moment, vendors()[vendor]->name(), request), request.body};
  draft.fields.reply = &decision.reply;
  draft.fields.effect = decision.effect;
  draft.fields.read = decision.read;
  draft.fields.findings = &decision.findings;
  const std::string fault_text = fault != nullptr ? told(*fault) : "";
  draft.fields.fault = fault_text;
  const auto ordinal = append({&draft, 1});
  if (!ordinal) return {overloaded(vendor, request)};
  if (!decision.effect.empty()) {
    views_.apply_exchange(vendor, {*ordinal, moment, decision.effect, request.body});
  }

  transport::Outgoing out;
  out.ordinal = *ordinal;
  out.recorded = true;
  out.reply = std::move(decision.reply);
  if (fault == nullptr) return {std::move(out), nullptr, std::move(goes_on)};
  take_effect(*fault, request, out);  // and a reply that would go on ends with what it begins with
  return {std::move(out)};
}

// After the vendor decided.
void Session::take_effect(const Fault& fault, const Request& request, transport::Outgoing& out) {
  out.delay = fault.delay;
  out.reset = resets(fault);
  if (fault.action == Fault::Action::status) out.reply = reply_of(fault, request);
  if (fault.action == Fault::Action::body) out.reply.body = fault.body;
  if (fault.action == Fault::Action::cut) out.cut = fault.bytes;
  views_.fault_acted(std::string(fault.id));
}

std::unique_ptr<DeferredRead> Session::defer(std::size_t vendor, const Request& request,
                                             const recording::Moment& moment, recording::Decision&& decision,
                                             const Fault* fault) {
  auto read = std::make_unique<DeferredRead>();
  read->vendor = vendor;
  read->seed = views_.seed;
  read->later = std::move(decision.later);
  read->indexes = indexes_;
  if (fault != nullptr) read->fault = *fault;
  Entry& entry = read->entry;
  entry.moment = moment;
  entry.vendor = vendors()[vendor]->name();
  entry.protocol = request.protocol;
  entry.door = request.door;
  entry.peer = request.peer;
  entry.head = request.head;
  entry.grpc_compressed = request.grpc_compressed;
  entry.read_number = ++reads_;
  entry.read_below = journal_->size();
  const std::shared_ptr<char[]> body(new char[request.body.size() + bytes_after_a_body]());
  std::ranges::copy(request.body, body.get());
  entry.body = {body.get(), request.body.size()};
  entry.frame = body;
  return read;
}

transport::Outgoing Session::finish(DeferredRead& read) {
  const Request request = read.entry.request();
  Draft draft{exchange_fields(read.entry.moment, read.entry.vendor, request), request.body};
  const std::string fault_text = read.fault ? told(*read.fault) : "";
  draft.fields.reply = &read.answer.reply;
  draft.fields.findings = &read.answer.findings;
  draft.fields.read = true;
  draft.fields.read_number = read.entry.read_number;
  draft.fields.read_below = read.entry.read_below;
  draft.fields.fault = fault_text;
  const auto ordinal = append({&draft, 1});
  if (!ordinal) return overloaded(read.vendor, request);
  transport::Outgoing out;
  out.ordinal = *ordinal;
  out.recorded = true;
  out.reply = std::move(read.answer.reply);
  if (read.fault) take_effect(*read.fault, request, out);
  return out;
}

Fault* Session::fault_for(std::size_t vendor, const Request& request) {
  const std::string_view name = vendors()[vendor]->name();
  const recording::Entropy entropy(views_.seed, name, journal_->size());
  for (Fault& fault : views_.faults) {
    if (!fault.matches(name, request)) continue;
    constexpr double all = 1.8446744073709552e19;  // 2 to the 64th
    if (fault.probability >= 1 || static_cast<double>(entropy.number(fault.id)) < fault.probability * all)
      return &fault;
  }
  return nullptr;
}

// The vendor is never asked: the entry keeps what was sent, and no effect.
transport::Outgoing Session::fault_before(Fault& fault, std::size_t vendor, const Request& request) {
  transport::Outgoing out;
  out.reply = reply_of(fault, request);
  out.delay = fault.delay;
  out.reset = resets(fault);
  if (fault.action == Fault::Action::cut) out.cut = fault.bytes;
  Draft draft{exchange_fields(views_.clock.now(), vendors()[vendor]->name(), request), request.body};
  const std::string fault_text = told(fault);
  draft.fields.reply = &out.reply;
  draft.fields.fault = fault_text;
  const auto ordinal = append({&draft, 1});
  if (!ordinal) return overloaded(vendor, request);
  out.ordinal = *ordinal;
  out.recorded = true;
  views_.fault_acted(std::string(fault.id));
  return out;
}

transport::Outgoing Session::overloaded(std::size_t vendor, const Request& request) {
  transport::Outgoing out;
  out.reply = vendors()[vendor]->refuse({Refusal::Reason::overloaded, journal_->append_error()}, request.protocol);
  note_not_kept(not_kept_.requests, 1, vendor, request);
  return out;
}

void Session::datagrams(std::size_t vendor, std::string_view door, std::span<const transport::Datagram> batch,
                        std::uint64_t dropped) {
  if (views_.faults.empty() && !held_) return take(vendor, door, batch, dropped, "");
  for (const transport::Datagram& datagram : batch) take_with_faults(vendor, door, datagram);
  take(vendor, door, {}, dropped, "");
}

void Session::take_with_faults(std::size_t vendor, std::string_view door, const transport::Datagram& datagram) {
  const Request request = request_of(door, datagram);
  const Fault* fault = held_ ? nullptr : fault_for(vendor, request);
  if (fault == nullptr) {
    take(vendor, door, {&datagram, 1}, 0, "");
    return release_held();
  }
  if (fault->action == Fault::Action::drop) return lose(*fault, vendor, request);
  held_ = Held{vendor,
               std::string(door),
               std::string(datagram.bytes) + std::string(bytes_after_a_body, '\0'),
               datagram.bytes.size(),
               std::string(datagram.peer),
               told(*fault)};
  if (hold_) hold_(fault->delay);
}

void Session::release_held() {
  if (!held_) return;
  const Held held = std::move(*held_);
  held_.reset();
  const transport::Datagram datagram{std::string_view(held.bytes).substr(0, held.size), held.peer};
  take(held.vendor, held.door, {&datagram, 1}, 0, held.fault);
}

// The vendor never sees it: the entry keeps what was sent, and no effect.
void Session::lose(const Fault& fault, std::size_t vendor, const Request& request) {
  Reply none;
  none.silent = true;
  Draft draft{exchange_fields(views_.clock.now(), vendors()[vendor]->name(), request), request.body};
  const std::string fault_text = told(fault);
  draft.fields.reply = &none;
  draft.fields.fault = fault_text;
  if (!append({&draft, 1})) return note_not_kept(not_kept_.datagrams, 1, vendor, request);
  views_.fault_acted(std::string(fault.id));
}

// Datagrams of one batch are decided on the state before the batch: what a vendor decides about a datagram depends on
// its bytes and the instant alone.
void Session::take(std::size_t vendor, std::string_view door, std::span<const transport::Datagram> batch,
                   std::uint64_t dropped, std::string_view fault) {
  const recording::Moment moment = views_.clock.now();
  std::vector<recording::Decision> decisions;
  std::vector<Draft> drafts;
  decisions.reserve(batch.size());
  drafts.reserve(batch.size() + 1);
  for (const transport::Datagram& datagram : batch) {
    const Request request = request_of(door, datagram);
    const recording::Decision& decision = decisions.emplace_back(vendors()[vendor]->decide(
        views_.state(vendor), request, context(vendor, moment, journal_->size() + drafts.size())));
    Draft& draft = drafts.emplace_back(exchange_fields(moment, vendors()[vendor]->name(), request), request.body);
    draft.fields.reply = &decision.reply;
    draft.fields.effect = decision.effect;
    draft.fields.findings = &decision.findings;
    draft.fields.fault = fault;
  }
  if (dropped > 0) {
    Draft& draft = drafts.emplace_back();
    draft.fields.kind = EntryKind::drops;
    draft.fields.moment = moment;
    draft.fields.vendor = vendors()[vendor]->name();
    draft.fields.door = door;
    draft.fields.protocol = Protocol::udp;
    draft.fields.total_bytes = dropped;
  }
  if (drafts.empty()) return;
  const auto first = append(drafts);
  if (!first) {
    Request none;
    none.protocol = Protocol::udp;
    none.door = door;
    return note_not_kept(not_kept_.datagrams, batch.size(), vendor, none);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (decisions[i].effect.empty()) continue;
    views_.apply_exchange(vendor, {*first + i, moment, decisions[i].effect, batch[i].bytes});
  }
  if (!fault.empty()) views_.fault_acted(json::parse(fault).value("id", ""));
}

Reply Session::fragment(std::size_t vendor, const Request& partial, std::uint64_t total_bytes, const Refusal& refusal) {
  Reply reply;
  reply.silent = has_no_reply(refusal.reason);
  if (!reply.silent) reply = vendors()[vendor]->refuse(refusal, partial.protocol);
  Draft draft{exchange_fields(views_.clock.now(), vendors()[vendor]->name(), partial),
              partial.body.substr(0, fragment_bytes_kept)};
  draft.fields.kind = EntryKind::fragment;
  const std::vector<recording::Finding> findings{finding_of(refusal)};
  draft.fields.reply = &reply;
  draft.fields.findings = &findings;
  draft.fields.reason = refusal.detail;
  draft.fields.total_bytes = total_bytes;
  // Nothing was acknowledged, so nothing is lost where this fails.
  if (!append({&draft, 1})) note_not_kept(not_kept_.requests, 1, vendor, partial);
  return reply;
}

void Session::left(std::uint64_t ordinal, recording::Outcome outcome) {
  outcomes_.push_back({ordinal, outcome});
  if (outcomes_.size() >= outcomes_an_entry) return flush_outcomes();
  if (outcomes_.size() == 1 && schedule_) schedule_();
}

void Session::flush_outcomes() {
  if (outcomes_.empty()) return;
  Draft draft;
  draft.fields.kind = EntryKind::outcome;
  draft.fields.moment = views_.clock.now();
  draft.fields.outcomes = &outcomes_;
  (void)append({&draft, 1});  // on failure these answers stay "unknown", as after a kill
  outcomes_.clear();
}

// ---- settings

Session::Done Session::control(std::string_view type, const std::string& text) {
  Draft draft;
  draft.fields.kind = EntryKind::control;
  draft.fields.moment = views_.clock.now();
  draft.fields.control = type;
  draft.fields.text = text;
  const auto ordinal = append({&draft, 1});
  if (!ordinal) return ordinal;
  views_.apply_control(type, text, *ordinal);
  start_.store(views_.start, std::memory_order_release);
  indexes_ = std::make_shared<Indexes>(vendors(), views_.start);
  return ordinal;
}

namespace {

std::expected<void, std::string> check_door(std::string_view name, const Vendors& vendors) {
  std::vector<std::string_view> names;
  for (const recording::Vendor* vendor : vendors) {
    for (const recording::Door& door : vendor->doors()) names.push_back(door.name);
  }
  if (name.empty() || std::ranges::find(names, name) != names.end()) return {};
  return std::unexpected(fmt::format("\"{}\" is no door: use one of {}", name, fmt::join(names, ", ")));
}

// Each member must name a vendor; `check` judges its value.
template <typename Check>
std::expected<void, std::string> check_by_vendor(const json& value, const Vendors& vendors, const Check& check) {
  if (!value.is_object()) return std::unexpected("a JSON object is wanted, with a member for each vendor");
  for (const auto& [name, part] : value.items()) {
    const recording::Vendor* found = nullptr;
    for (const recording::Vendor* vendor : vendors) {
      if (vendor->name() == name) found = vendor;
    }
    if (found == nullptr) return std::unexpected(fmt::format("\"{}\" is no vendor", name));
    if (auto checked = check(*found, part); !checked) {
      return std::unexpected(fmt::format("{}: {}", name, checked.error()));
    }
  }
  return {};
}

}  // namespace

Session::Done Session::set_accounts(const json& accounts) {
  const auto checked = check_by_vendor(accounts, vendors(), [](const recording::Vendor& vendor, const json& part) {
    return vendor.check_accounts(part);
  });
  if (!checked) return std::unexpected(checked.error());
  return control("accounts", accounts.dump());
}

Session::Done Session::set_settings(const json& settings) {
  const auto checked = check_by_vendor(settings, vendors(), [](const recording::Vendor& vendor, const json& part) {
    return vendor.check_settings(part);
  });
  if (!checked) return std::unexpected(checked.error());
  return control("settings", settings.dump());
}

Session::Done Session::set_clock(const Clock& clock) {
  json value = {{"offset_ns", clock.offset_ns}};
  if (clock.frozen_ns) value["frozen_ns"] = *clock.frozen_ns;
  return control("clock", value.dump());
}

std::expected<Fault, std::string> Session::add_fault(const json& value) {
  auto fault = fault_from_json(value);
  if (!fault) return fault;
  if (!fault->vendor.empty() && views_.index_of(fault->vendor) == vendors().size()) {
    return std::unexpected(fmt::format("\"{}\" is no vendor", fault->vendor));
  }
  if (auto checked = check_door(fault->door, vendors()); !checked) return std::unexpected(checked.error());
  fault->id = fmt::format("fault-{}", journal_->size());
  if (auto done = control("fault", to_json(*fault).dump()); !done) return std::unexpected(done.error());
  return fault;
}

Session::Done Session::clear_faults() { return control("faults_cleared", "{}"); }

void Session::settle() {
  release_held();
  flush_outcomes();
}

Session::Done Session::reset() {
  settle();
  auto done = control("reset", "{}");
  if (done) not_kept_ = {};
  return done;
}

Session::Done Session::driven(const json& exchange) {
  const std::string text = exchange.dump();
  Draft draft;
  draft.fields.kind = EntryKind::driven;
  draft.fields.moment = views_.clock.now();
  draft.fields.text = text;
  return append({&draft, 1});
}

void Session::note_not_kept(std::uint64_t& count, std::uint64_t more, std::size_t vendor, const Request& request) {
  const bool first = not_kept_.requests + not_kept_.datagrams == 0;
  count += more;
  not_kept_.why = journal_->append_error();
  if (first) tell_not_kept(vendor, request);
}

// So that a capture that is not whole says so itself. Where not even this fits, /v1/health alone says it.
void Session::tell_not_kept(std::size_t vendor, const Request& request) {
  constexpr std::size_t most_of_head = 8 * 1024;
  Draft draft{exchange_fields(views_.clock.now(), vendors()[vendor]->name(), request), {}};
  draft.fields.kind = EntryKind::fragment;
  draft.fields.head = request.head.substr(0, most_of_head);
  const std::vector<recording::Finding> findings{finding_of({Refusal::Reason::overloaded, not_kept_.why})};
  draft.fields.findings = &findings;
  draft.fields.reason = not_kept_.why;
  draft.fields.total_bytes = request.body.size();
  if (journal_->append({&draft, 1}, recording::Journal::Room::last_words) && published_) published_();
}

// They stay until a reset: a later, smaller entry that fits does not make the capture whole.
std::vector<std::string> Session::troubles() const {
  std::vector<std::string> troubles;
  const auto tell = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) troubles.push_back(fmt::format("{} {}; the last time: {}", count, what, not_kept_.why));
  };
  tell(not_kept_.requests, "requests could not be kept and were not acknowledged");
  tell(not_kept_.datagrams, "datagrams could not be kept and are lost");
  return troubles;
}

// ---- proof

namespace {

constexpr std::size_t differences_told = 10;

std::string difference(const Entry& entry, const recording::Decision& again) {
  const auto where = [&](std::string_view what) { return fmt::format("entry {}: {} differs", entry.ordinal, what); };
  if (again.reply.status != entry.reply.status) return where("the status");
  if (again.reply.headers != entry.reply.headers) return where("a header of the reply");
  if (again.reply.grpc_status != entry.reply.grpc_status) return where("the gRPC status");
  if (again.reply.grpc_message != entry.reply.grpc_message) return where("the gRPC message");
  if (again.reply.body.size() != entry.reply_bytes) return where("the length of the reply");
  if (entry.reply_hash.empty() && again.reply.body != entry.reply.body) return where("the body of the reply");
  if (again.effect != entry.effect) return where("the effect");
  return "";
}

// Decides an exchange again on the folded state before it.
void decide_again(const Entry& entry, const Views& views, const recording::Journal& journal,
                  const std::shared_ptr<Indexes>& indexes, VendorProof& proof) {
  if (was_never_decided(entry)) return;
  const std::size_t vendor = views.index_of(entry.vendor);
  const bool later = entry.read_number != 0;
  const recording::Context context{entry.moment,
                                   later ? entropy_of_read(views.seed, entry.vendor, entry.read_number)
                                         : recording::Entropy(views.seed, entry.vendor, entry.ordinal),
                                   later ? entry.read_below : entry.ordinal, journal};
  recording::Decision again = views.vendors()[vendor]->decide(views.state(vendor), entry.request(), context);
  if (again.later) again.reply = again.later(indexes->up_to(vendor, journal, context.ordinal), context).reply;
  ++proof.decided_again;
  const std::string text = difference(entry, again);
  if (!text.empty() && proof.differences.size() < differences_told) proof.differences.push_back(text);
}

// Reads that were answered later, by the number of entries that they saw: that is where they are decided again.
std::multimap<std::uint64_t, std::uint64_t> reads_answered_later(const recording::Journal& journal, std::uint64_t end) {
  std::multimap<std::uint64_t, std::uint64_t> found;
  for (std::uint64_t ordinal = 0; ordinal < end; ++ordinal) {
    if (!journal.row(ordinal).read) continue;
    const auto entry = journal.read(ordinal);
    if (entry && entry->read_number != 0) found.emplace(entry->read_below, ordinal);
  }
  return found;
}

}  // namespace

std::function<std::vector<VendorProof>()> Session::prove() const {
  std::vector<std::string> live;
  for (std::size_t i = 0; i < vendors().size(); ++i) live.push_back(views_.dump(i));
  return [live = std::move(live), &journal = *journal_, &vendors = vendors(), end = journal_->size()] {
    Views folded(vendors);
    std::vector<VendorProof> proofs(vendors.size());
    for (std::size_t i = 0; i < vendors.size(); ++i) proofs[i].vendor = vendors[i]->name();
    const auto later = reads_answered_later(journal, end);
    auto indexes = std::make_shared<Indexes>(vendors, 0);
    const auto again = [&](const Entry& entry) {
      const std::size_t vendor = folded.index_of(entry.vendor);
      if (vendor < vendors.size()) decide_again(entry, folded, journal, indexes, proofs[vendor]);
    };
    for (std::uint64_t ordinal = 0; ordinal < end; ++ordinal) {
      for (auto [read, last] = later.equal_range(ordinal); read != last; ++read) {
        if (const auto entry = journal.read(read->second)) again(*entry);
      }
      const auto entry = journal.read(ordinal);
      if (!entry) {
        for (VendorProof& proof : proofs) proof.differences.push_back(entry.error());
        break;
      }
      if (entry->kind == EntryKind::exchange && entry->read_number == 0) again(*entry);
      folded.apply(*entry);
      if (entry->kind == EntryKind::control && folded.start == ordinal + 1) {
        indexes = std::make_shared<Indexes>(vendors, folded.start);
      }
    }
    for (std::size_t i = 0; i < vendors.size(); ++i) proofs[i].fold_equals_live = folded.dump(i) == live[i];
    return proofs;
  };
}

}  // namespace understudy::session
