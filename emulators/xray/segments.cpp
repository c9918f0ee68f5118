// PutTraceSegments and PutTelemetryRecords: what daemons and collectors send to the API.
#include <fmt/format.h>

#include <map>
#include <set>

#include "base/json.h"
#include "base/padding.h"
#include "xray/document.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/trace_sizes.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_documents = 50;  // [snapshot]

// An item of UnprocessedTraceSegments; members in alphabetical order as everywhere.
void append_item(std::string& items, const Unprocessed& refused) {
  if (!items.empty()) items += ',';
  aws::append_json_string(items += R"({"ErrorCode":)", refused.code);
  if (!refused.id.empty()) aws::append_json_string(items += R"(,"Id":)", refused.id);
  aws::append_json_string(items += R"(,"Message":)", refused.message());
  items += '}';
}

std::expected<std::vector<std::string_view>, Answer> documents_of(const Call& call) {
  thread_local JsonReader reader;
  const auto body = reader.read_padded(call.body);
  if (!body) return std::unexpected(unreadable("body", body.error().text()));
  simdjson::dom::object object;
  if (body->get(object) != simdjson::SUCCESS) return std::unexpected(unreadable("body", "not a JSON object"));
  const auto member = last_member(object, "TraceSegmentDocuments");
  if (!member || member->is_null()) {
    const auto empty = nlohmann::json::object();
    Members members(empty, "");
    (void)members.array("TraceSegmentDocuments", Need::required);
    return std::unexpected(*members.refusal());
  }
  simdjson::dom::array array;
  if (member->get(array) != simdjson::SUCCESS) {
    return std::unexpected(unreadable("TraceSegmentDocuments", "not an array"));
  }
  std::vector<std::string_view> documents;
  for (const auto item : array) {
    std::string_view document;
    if (item.get(document) != simdjson::SUCCESS) {
      return std::unexpected(unreadable(fmt::format("TraceSegmentDocuments[{}]", documents.size()),
                                        "not a string: a document is JSON text within a JSON string"));
    }
    documents.push_back(document);
  }
  return documents;
}

// The sizes of the traces of one call, before it and with what it has brought so far.
class Sizes {
 public:
  Sizes(const XrayState& state, const Call& call)
      : state_(state), scope_(call.through_daemon ? nullptr : &call.scope) {}

  // Whether there is room for the document; if so, it takes it.
  bool take(std::string_view trace, std::uint64_t bytes) {
    auto& added = added_[std::string(trace)];
    const auto before = state_.sizes.of(TraceSizes::key(trace, scope_)) + added;
    if (before + bytes > largest_trace) return false;
    added += bytes;
    return true;
  }
  std::uint64_t of(std::string_view trace) const {
    const auto known = added_.find(trace);
    return state_.sizes.of(TraceSizes::key(trace, scope_)) + (known == added_.end() ? 0 : known->second);
  }
  nlohmann::json added() const { return added_; }

 private:
  const XrayState& state_;
  const Scope* scope_;
  std::map<std::string, std::uint64_t, std::less<>> added_;
};

}  // namespace

Answer put_trace_segments(const XrayState& state, const Call& call) {
  const auto documents = documents_of(call);
  if (!documents) return documents.error();
  if (documents->size() > most_documents) {
    return Answer::refusal(
        invalid_request("Exceeding maximum segment count: 50"),
        found(id::request_too_many_documents, "TraceSegmentDocuments", fmt::format("{} documents", documents->size())));
  }
  Answer answer;
  std::string items;
  auto refused = nlohmann::json::array();
  std::set<std::string> over_limit;
  Sizes sizes(state, call);
  std::string padded;
  for (std::size_t i = 0; i < documents->size(); ++i) {
    padded.assign((*documents)[i]).append(padding, '\0');
    const std::string_view document(padded.data(), padded.size() - padding);
    const DocumentPlace place{fmt::format("TraceSegmentDocuments[{}]", i), std::nullopt};
    auto judgement = judge(document, call.context.moment.vendor_ns, place);
    std::ranges::move(judgement.findings, std::back_inserter(answer.findings));
    const auto trace = trace_id_in(document);
    if (!judgement.refused && !sizes.take(trace, document.size())) {
      judgement.refused = above_trace_size(document);
      over_limit.emplace(trace);
      answer.findings.push_back(
          found(id::trace_too_large, place.prefix, fmt::format("trace {}: {} bytes so far", trace, sizes.of(trace))));
    }
    if (!judgement.refused) continue;
    append_item(items, *judgement.refused);
    refused.push_back(i);
  }
  answer.body = fmt::format(R"({{"UnprocessedTraceSegments":[{}]}})", items);
  const auto accepted = documents->size() - refused.size();
  nlohmann::json effect = {{"accepted", accepted}, {"refused", std::move(refused)}, {"sizes", sizes.added()}};
  if (!over_limit.empty()) effect["over_limit"] = over_limit;
  // Through the daemon it is the daemon's own account and region.
  if (!call.through_daemon) {
    effect["account"] = call.scope.account;
    effect["region"] = call.scope.region;
  }
  answer.effect = nlohmann::json{{"segments", std::move(effect)}}.dump();
  return answer;
}

Answer put_telemetry_records(const XrayState&, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto* records = members.array("TelemetryRecords", Need::required);
  (void)members.text("EC2InstanceId", 0, 20, Need::optional);  // lengths [code: API model]
  (void)members.text("Hostname", 0, 255, Need::optional);
  (void)members.text("ResourceARN", 0, 500, Need::optional);
  if (const auto refused = members.refusal()) return *refused;
  Answer answer;
  answer.effect = nlohmann::json{{"telemetry", {{"records", records->size()}}}}.dump();
  return answer;
}

}  // namespace understudy::xray
