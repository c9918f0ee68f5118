// What only the documents of a trace together show: documents that came twice, parents in a circle.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "recording/record.h"
#include "xray/derive_parts.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

using recording::Record;

class TraceDeriver final : public Deriver {
 public:
  void add(const Record& record) override {
    if (record.kind != "segment" && record.kind != "subsegment") return;
    const auto trace_id = text(record, "trace_id");
    auto& trace = traces_[trace_id];
    const auto id = text(record, "id");
    const auto parent = text(record, "parent_id");
    const auto open = record.fields.find("in_progress");
    if (open != record.fields.end() && *open == true) return;
    if (!trace.parents.try_emplace(id, parent).second) {
      found_.push_back({found(id::segment_sent_twice, "id",
                              fmt::format("{} (id {} of trace {})", text(record, "name"), id, trace_id)),
                        record.entry});
    } else if (is_circle(trace, id)) {
      found_.push_back({found(id::segment_circle, "parent_id",
                              fmt::format("{} (id {} of trace {})", text(record, "name"), id, trace_id)),
                        record.entry});
    }
  }

  std::vector<recording::Vendor::DerivedFinding> findings() const override { return found_; }

 private:
  struct Trace {
    std::map<std::string, std::string> parents;  // id of a document -> its parent
  };

  static std::string text(const Record& record, std::string_view member) {
    const auto value = record.fields.find(member);
    return value != record.fields.end() && value->is_string() ? value->get<std::string>() : std::string();
  }

  // Told of the document that closes it.
  static bool is_circle(const Trace& trace, const std::string& id) {
    auto at = trace.parents.find(id);
    for (std::size_t steps = 0; at != trace.parents.end() && steps <= trace.parents.size(); ++steps) {
      if (at->second == id) return true;
      at = trace.parents.find(at->second);
    }
    return false;
  }

  std::map<std::string, Trace> traces_;
  std::vector<recording::Vendor::DerivedFinding> found_;
};

}  // namespace

std::unique_ptr<Deriver> make_trace_deriver() { return std::make_unique<TraceDeriver>(); }

}  // namespace understudy::xray
