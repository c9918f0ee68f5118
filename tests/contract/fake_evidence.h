// Records that a test made up, as evidence.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "contract/evidence.h"

namespace understudy::contract {

class FakeEvidence final : public Evidence {
 public:
  // Returns the record, for what else it needs.
  recording::Record& add(std::string vendor, std::string kind, nlohmann::ordered_json fields) {
    recording::Record& record = records_.emplace_back();
    record.vendor = std::move(vendor);
    record.kind = std::move(kind);
    record.fields = std::move(fields);
    record.session = "default";
    record.entry = records_.size();
    record.time_ns = static_cast<std::int64_t>(records_.size()) * 1'000;
    return record;
  }
  recording::Record& span(const std::string& name, const std::string& id, const std::string& parent,
                          nlohmann::ordered_json attributes = nlohmann::ordered_json::object(),
                          const std::string& kind = "INTERNAL") {
    nlohmann::ordered_json fields = {{"name", name}, {"kind", kind}, {"trace_id", "t"}, {"span_id", id}};
    if (!parent.empty()) fields["parent_span_id"] = parent;
    fields["attributes"] = std::move(attributes);
    return add("honeycomb", "span", std::move(fields));
  }

  std::expected<void, std::string> records(std::string_view vendor, std::string_view kind,
                                           const See& see) const override {
    if (!damage.empty()) return std::unexpected(damage);
    for (const recording::Record& record : records_) {
      const bool unasked = kind.empty() && record.kind != on_request;
      const bool wanted = (vendor.empty() || record.vendor == vendor) && (unasked || record.kind == kind);
      if (wanted) see(recording::Record(record));
    }
    return {};
  }
  std::expected<std::vector<session::FoldedFinding>, std::string> findings() const override { return found; }
  std::string show(std::string_view id) const override { return show_command(id, "--journal captures"); }

  std::vector<session::FoldedFinding> found;
  std::string damage;
  std::string on_request;  // a kind that only comes where it is asked for

 private:
  std::vector<recording::Record> records_;
};

}  // namespace understudy::contract
