#include "session/views.h"

#include <nlohmann/json.hpp>

namespace understudy::session {

using nlohmann::json;
using recording::EntryKind;

Views::Views(const Vendors& vendors) : vendors_(&vendors) { make_states(); }

void Views::make_states() {
  states_.clear();
  for (const recording::Vendor* vendor : *vendors_) states_.push_back(vendor->make_state());
}

std::size_t Views::index_of(std::string_view vendor) const {
  std::size_t index = 0;
  while (index < vendors_->size() && (*vendors_)[index]->name() != vendor) ++index;
  return index;
}

std::string Views::dump(std::size_t vendor) const { return (*vendors_)[vendor]->dump(*states_[vendor]); }

void Views::apply(const recording::Entry& entry) {
  if (entry.kind == EntryKind::control) return apply_control(entry.control, entry.text, entry.ordinal);
  if (entry.kind != EntryKind::exchange) return;
  if (!entry.fault.empty()) fault_acted(json::parse(entry.fault, nullptr, false).value("id", ""));
  const std::size_t vendor = index_of(entry.vendor);
  if (vendor == vendors_->size() || entry.effect.empty()) return;
  apply_exchange(vendor, {entry.ordinal, entry.moment, entry.effect, entry.body});
}

void Views::apply_exchange(std::size_t vendor, const recording::Applied& applied) {
  (*vendors_)[vendor]->apply(*states_[vendor], applied);
}

void Views::fault_acted(std::string_view id) {
  for (Fault& fault : faults) {
    if (fault.id == id && fault.remaining > 0) --fault.remaining;
  }
}

namespace {

// A vendor that is not named keeps what it had, over a reset, too.
void replace_named(std::string& by_vendor, const json& given) {
  json merged = json::parse(by_vendor);
  merged.update(given);
  by_vendor = merged.dump();
}

}  // namespace

// `text` was checked before its entry was appended.
void Views::apply_control(std::string_view control, std::string_view text, std::uint64_t ordinal) {
  const json value = json::parse(text, nullptr, false);
  if (control == "session") {
    name = value.value("name", "");
    seed = value.value("seed", std::uint64_t{0});
    start = ordinal + 1;
  } else if (control == "accounts") {
    replace_named(accounts, value);
    apply_accounts();
  } else if (control == "settings") {
    replace_named(settings, value);
    apply_settings();
  } else if (control == "clock") {
    clock.offset_ns = value.value("offset_ns", std::int64_t{0});
    clock.frozen_ns.reset();
    if (value.contains("frozen_ns")) clock.frozen_ns = value["frozen_ns"].get<std::int64_t>();
  } else if (control == "fault") {
    if (auto fault = fault_from_json(value)) faults.push_back(*fault);
  } else if (control == "faults_cleared") {
    faults.clear();
  } else if (control == "reset") {
    make_states();
    faults.clear();
    apply_accounts();
    apply_settings();
    start = ordinal + 1;
  }
}

void Views::apply_accounts() {
  const json value = json::parse(accounts, nullptr, false);
  for (std::size_t i = 0; i < vendors_->size(); ++i) {
    const std::string vendor((*vendors_)[i]->name());
    if (value.contains(vendor)) (*vendors_)[i]->apply_accounts(*states_[i], value[vendor]);
  }
}

void Views::apply_settings() {
  const json value = json::parse(settings, nullptr, false);
  for (std::size_t i = 0; i < vendors_->size(); ++i) {
    const std::string vendor((*vendors_)[i]->name());
    if (value.contains(vendor)) (*vendors_)[i]->apply_settings(*states_[i], value[vendor]);
  }
}

}  // namespace understudy::session
