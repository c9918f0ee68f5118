#include "xray/index.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "xray/datagram.h"
#include "xray/effect.h"
#include "xray/names.h"
#include "xray/traces_assemble.h"
#include "xray/traces_read.h"
#include "xray/traces_source.h"

namespace understudy::xray {
namespace {

// Of all that comes through the daemon, whose scope is a setting.
constexpr std::uint32_t daemon_scope = 1;

}  // namespace

Text Texts::put(std::string_view text) {
  if (const auto known = known_.find(text); known != known_.end()) return known->second;
  const auto number = static_cast<Text>(texts_.size());
  known_.emplace(texts_.emplace_back(text), number);
  return number;
}

Text Texts::find(std::string_view text) const {
  const auto known = known_.find(text);
  return known == known_.end() ? 0 : known->second;
}

// The traces of which the entry brought more than they take: X-Ray says so of them ever after.
void TraceIndex::mark_limits(const recording::Entry& entry) {
  const auto mark = [&](std::string_view id) {
    if (is_trace_id(id)) trace_of(scope_of(entry), id, entry).limit_exceeded = true;
  };
  if (entry.effect == datagram_over_limit) return mark(trace_id_in(read_datagram(entry.body).document));
  if (entry.protocol == recording::Protocol::udp || !entry.effect.contains("over_limit")) return;
  const auto effect = nlohmann::json::parse(entry.effect, nullptr, false);
  const nlohmann::json::json_pointer place("/segments/over_limit");
  if (!effect.is_object() || !effect.contains(place)) return;
  for (const auto& id : effect[place]) {
    if (id.is_string()) mark(id.get_ref<const std::string&>());
  }
}

void TraceIndex::add(const recording::Entry& entry) {
  mark_limits(entry);
  thread_local JsonReader reader;
  DocumentReader documents(*this, entry);
  documents_in(entry, [&](const TakenDocument& document) {
    const auto json = document.is_padded ? reader.read_padded(document.text) : reader.read(document.text);
    if (json) documents.read(document.number, *json);
  });
}

// What a signed call brought is of its account and region; the effect says which.
std::uint32_t TraceIndex::scope_of(const recording::Entry& entry) {
  if (entry.protocol == recording::Protocol::udp) return daemon_scope;
  const auto effect = nlohmann::json::parse(entry.effect, nullptr, false);
  if (!effect.is_object() || effect.empty()) return daemon_scope;
  const auto& change = effect.begin().value();
  if (!change.is_object() || !change.contains("account") || !change.contains("region")) return daemon_scope;
  const auto text = [&](const char* name) { return change[name].is_string() ? change[name].get<std::string>() : ""; };
  const auto next = static_cast<std::uint32_t>(scopes_.size()) + daemon_scope + 1;
  return scopes_.emplace(Scope{text("account"), text("region")}, next).first->second;
}

TraceIndex::View TraceIndex::view(const Scope& scope, bool is_daemons) const {
  const auto known = scopes_.find(scope);
  return {known == scopes_.end() ? 0 : known->second, is_daemons ? daemon_scope : 0};
}

Trace& TraceIndex::trace_of(std::uint32_t scope, std::string_view id, const recording::Entry& entry) {
  const auto [known, is_new] =
      by_key_.emplace(fmt::format("{} {}", scope, id), static_cast<std::uint32_t>(traces_.size()));
  if (is_new) {
    auto& made = traces_.emplace_back();
    const std::string_view key = known->first;  // nodes of the map stay where they are
    made.id = key.substr(key.size() - id.size());
    made.epoch_s = epoch_of_trace_id(id);
    made.scope = scope;
    made.received_ns = entry.moment.vendor_ns;
    made.first_entry = entry.ordinal;
  }
  auto& trace = traces_[known->second];
  trace.is_assembled_ = false;
  return trace;
}

const Trace* TraceIndex::find(const View& view, std::string_view id) const {
  for (const auto scope : {view.of_scope, view.of_daemon}) {
    if (scope == 0) continue;
    const auto known = by_key_.find(fmt::format("{} {}", scope, id));
    if (known != by_key_.end()) return &traces_[known->second];
  }
  return nullptr;
}

const Assembled& TraceIndex::assembled(const Trace& trace) {
  if (!trace.is_assembled_) {
    assemble(trace, *this, trace.assembled_);
    trace.is_assembled_ = true;
  }
  return trace.assembled_;
}

std::uint32_t TraceIndex::service_number(const Service& service) {
  const auto [known, is_new] = service_numbers_.emplace(service, static_cast<std::uint32_t>(services_.size()));
  if (is_new) services_.push_back(service);
  return known->second;
}

}  // namespace understudy::xray
