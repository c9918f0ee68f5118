#include "rollbar/deploys.h"

#include <fmt/format.h>

#include <algorithm>

#include "rollbar/effect.pb.h"

namespace understudy::rollbar {

namespace {

constexpr std::int64_t times_out_after_seconds = 3600;  // a project setting there; this is its default [docs: Deploys]
constexpr std::uint64_t first_id = 10'000'001;          // of the order that the service hands out today

}  // namespace

Deploy Deploy::at(std::int64_t second) const {
  Deploy deploy = *this;
  if (status != "started" || second < touched + times_out_after_seconds) return deploy;
  deploy.status = "timed_out";
  deploy.finish = touched + times_out_after_seconds;
  return deploy;
}

std::uint64_t Deploys::next_id() const { return first_id + count_; }

const Deploy* Deploys::find(std::string_view project, std::uint64_t id) const {
  const std::span<const Deploy> all = of(project);
  const auto found = std::ranges::lower_bound(all, id, {}, &Deploy::id);
  return found == all.end() || found->id != id ? nullptr : &*found;
}

std::span<const Deploy> Deploys::of(std::string_view project) const {
  const auto found = projects_.find(project);
  return found == projects_.end() ? std::span<const Deploy>() : std::span<const Deploy>(found->second);
}

Deploy* Deploys::find_for_change(std::string_view project, std::uint64_t id) {
  return const_cast<Deploy*>(find(project, id));  // of this object, which is not const here
}

void Deploys::apply(const Effect& effect, std::int64_t second) {
  if (effect.has_deploy()) {
    const auto& made = effect.deploy();
    Deploy deploy{.id = made.id(),
                  .environment = made.environment(),
                  .revision = made.revision(),
                  .rollbar_username = made.rollbar_username(),
                  .local_username = made.local_username(),
                  .comment = made.comment(),
                  .status = made.status(),
                  .start = second,
                  .touched = second,
                  .finish = {}};
    if (deploy.status != "started") deploy.finish = second;
    projects_[effect.project()].push_back(std::move(deploy));
    ++count_;
  }
  if (effect.has_deploy_update()) {
    const auto& update = effect.deploy_update();
    Deploy* const deploy = find_for_change(effect.project(), update.id());
    if (deploy == nullptr) return;
    deploy->status = update.status();
    if (update.has_comment()) deploy->comment = update.comment();
    deploy->touched = second;
    if (deploy->status != "started") deploy->finish = second;
  }
}

std::string Deploys::dump() const {
  std::string text;
  for (const auto& [project, deploys] : projects_) {
    for (const Deploy& deploy : deploys) {
      text += fmt::format("deploy {} of {}: {} {} {}, {} to {}, by {}/{}: {}\n", deploy.id, project, deploy.environment,
                          deploy.revision, deploy.status, deploy.start, deploy.finish.value_or(0),
                          deploy.rollbar_username, deploy.local_username, deploy.comment);
    }
  }
  return text;
}

}  // namespace understudy::rollbar
