#include "cloudwatch_logs/export_tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// Texts [snapshot].
constexpr Resource export_task{
    "export_task", 'x', "exportTasks", "taskId", "", "The specified export task does not exist.", 1};
constexpr std::int64_t pending_ms = 1000;
constexpr std::int64_t running_ms = 2000;

// How a task that nobody cancelled stands at this instant. Nothing happens of itself: the clock says it.
json as_of_now(json task, std::int64_t now_ms) {
  if (task.contains("status")) return task;
  auto& info = task["executionInfo"];
  const auto created = info["creationTime"].get<std::int64_t>();
  const auto age = now_ms - created;
  const auto* code = age < pending_ms ? "PENDING" : age < running_ms ? "RUNNING" : "COMPLETED";
  task["status"] = {{"code", code}};
  if (age >= running_ms) {
    task["status"]["message"] = "Completed successfully";
    info["completionTime"] = created + running_ms;
  }
  return task;
}

bool is_active(const json& task) {
  const auto code = task["status"].value("code", "");
  return code == "PENDING" || code == "RUNNING";
}

recording::Decision create(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  if (*input.json("from") > *input.json("to")) {
    // Documented, with no recording of the text [guess].
    return refuse(call, invalid_parameter("The specified time range is invalid: from must not be after to."),
                  finding("export.range", "from", "later than to"));
  }
  const auto active = std::ranges::count_if(list_objects(call.objects, export_task.kind), [&](const auto& one) {
    return is_active(as_of_now(one.second, call.now_ms()));
  });
  if (active >= static_cast<std::ptrdiff_t>(export_task.most))
    return refuse_for_limit(call, "taskName", export_task.most);
  const auto id = call.context.entropy.uuid("export task");
  json item = {
      {"destinationPrefix", "exportedlogs"}, {"executionInfo", {{"creationTime", call.now_ms()}}}, {"taskId", id}};
  copy_members(item, input, {"taskName", "logGroupName", "from", "to", "destination", "destinationPrefix"});
  auto decision = store(call, "", export_task, id, item, {{"taskId", id}});
  decision.findings.push_back(finding("input.ignored", "destination", "no bucket is written here"));
  return decision;
}

recording::Decision describe(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto id = input.text("taskId");
  const auto code = input.text("statusCode");
  Listed listed;
  for (const auto& [key, stored] : list_objects(call.objects, export_task.kind)) {
    auto task = as_of_now(stored, call.now_ms());
    if ((id && key != *id) || (code && task["status"]["code"] != *code)) continue;
    listed.emplace_back(key, std::move(task));
  }
  return answer_page(call, input, export_task, listed);
}

recording::Decision cancel(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto id = input.text("taskId").value_or("");
  const auto* found = find_object(call.objects, export_task.kind, id);
  if (found == nullptr) return refuse_missing(call, export_task, id);
  auto task = as_of_now(json::parse(*found), call.now_ms());
  if (!is_active(task)) {
    return refuse(call, {"InvalidOperationException", "The specified export task has already finished", 400, {}},
                  finding("export.finished", "taskId", task["status"].value("code", "")));
  }
  task["status"] = {{"code", "CANCELLED"}, {"message", "Cancelled by user"}};
  task["executionInfo"]["completionTime"] = call.now_ms();
  return store(call, "", export_task, id, task);
}

constexpr NamedOperation operations[] = {
    {"CreateExportTask", create}, {"DescribeExportTasks", describe}, {"CancelExportTask", cancel}};

}  // namespace

std::span<const NamedOperation> export_task_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
