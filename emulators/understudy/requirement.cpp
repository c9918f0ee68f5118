#include "understudy/requirement.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/near_miss.h"
#include "contract/requirements.h"
#include "understudy/house.h"

namespace understudy {

struct Requirement::Held {
  contract::Requirements requirements;
};

namespace {

recording::Filter filter_or_throw(const std::vector<Condition>& conditions) {
  auto filter = detail::filter_of(conditions);
  if (!filter) throw std::invalid_argument(filter.error());
  return std::move(*filter);
}

recording::Nearness nearness_of(const contract::Requirements& requirements, const Record& record) {
  const detail::Held& held = detail::Access::held(record);
  if (!requirements.asks_for_relatives()) return requirements.nearness(held.record, contract::Traces());
  std::unique_lock<std::mutex> lock;
  const contract::Traces& traces = held.source->traces(lock);
  return requirements.nearness(held.record, traces);
}

}  // namespace

Requirement Requirement::that(const Condition& condition) { return all_of({condition}); }

Requirement Requirement::all_of(const std::vector<Condition>& conditions) {
  auto held = std::make_shared<Held>();
  held->requirements.conditions = filter_or_throw(conditions).conditions();
  return Requirement(std::move(held));
}

Requirement Requirement::parent(const std::vector<Condition>& conditions) {
  auto held = std::make_shared<Held>();
  held->requirements.parent = filter_or_throw(conditions);
  return Requirement(std::move(held));
}

Requirement Requirement::child(const std::vector<Condition>& conditions) {
  auto held = std::make_shared<Held>();
  held->requirements.child = filter_or_throw(conditions);
  return Requirement(std::move(held));
}

// Explaining costs more than matching, and most records of a long list are not explained.
bool Requirement::holds(const Record& record) const {
  const contract::Requirements& wanted = held_->requirements;
  if (wanted.asks_for_relatives()) return nearness_of(wanted, record).why.empty();
  return recording::Filter(wanted.conditions).matches(detail::Access::held(record).record);
}

std::string Requirement::why_not(const Record& record) const {
  return fmt::format("{}", fmt::join(nearness_of(held_->requirements, record).why, "; "));
}

std::string Requirement::text() const { return held_->requirements.text(); }

namespace detail {

std::string show_command(const Record& record, bool (*failed)()) {
  return Access::held(record).source->show(record.id(), failed);
}

std::string show_command(const Entry& entry, bool (*failed)()) {
  return Access::held(entry).source->show(std::to_string(entry.ordinal()), failed);
}

std::string spoken(std::string_view path) { return contract::spoken(path); }

std::string nearest(std::string_view written, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(nearest_name(written, views));
}

}  // namespace detail
}  // namespace understudy
