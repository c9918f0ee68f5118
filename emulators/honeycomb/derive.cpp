#include "honeycomb/derive.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "honeycomb/derive_datasets.h"
#include "honeycomb/derive_services.h"
#include "honeycomb/json_text.h"
#include "honeycomb/rules.h"
#include "honeycomb/sample_rate.h"
#include "honeycomb/sent_events.h"
#include "recording/record.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Record;

// A column of Honeycomb takes integers and fractions alike, so they are one type here.
std::string_view column_type(const ordered_json& value) {
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "boolean";
  if (value.is_number()) return "number";
  return {};
}

std::uint64_t number_of(const ordered_json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_number_unsigned() ? 0 : found->get<std::uint64_t>();
}

// Whether it is a number above 0, or the text of one. What was read as 1 may have been written so.
bool is_rate(const ordered_json& value) {
  if (value.is_number()) return value.get<double>() > 0;
  if (!value.is_string()) return false;
  const std::string& text = value.get_ref<const std::string&>();
  if (sample_rate_of(std::string_view(text)) > 1) return true;
  char* end = nullptr;
  return std::strtod(text.c_str(), &end) > 0 && end == text.c_str() + text.size();
}

class Deriver final : public recording::Vendor::Deriver {
 public:
  void add(const Record& record) override {
    if (record.kind == "span") add_span(record);
    if (record.kind != "span" && record.kind != "log_record") return;
    add_attributes(record);
    add_duplicates(record);
    services_.add(record);
    datasets_.add(record);
  }

  std::vector<recording::Vendor::DerivedFinding> findings() const override {
    auto all = found_;
    for (const auto& [parent, orphans] : waiting_) all.insert(all.end(), orphans.begin(), orphans.end());
    services_.add_to(all);
    datasets_.add_to(all);
    return all;
  }

 private:
  using Derived = recording::Vendor::DerivedFinding;

  void add_span(const Record& record) {
    const ordered_json& span = record.fields;
    const std::string_view trace = text_of(span, "trace_id");
    const std::string place = fmt::format("dataset {}", text_of(span, "dataset"));
    const std::string key = fmt::format("{}/{}", trace, text_of(span, "span_id"));
    const auto [seen, is_new] = first_entry_.try_emplace(key, record.entry);
    if (!is_new) {
      found_.push_back({finding(rule::span_duplicated, place,
                                fmt::format("span {} of trace {} \"{}\": entries {} and {}", text_of(span, "span_id"),
                                            trace, text_of(span, "name"), seen->second, record.entry)),
                        record.entry});
    }
    waiting_.erase(key);
    check_times(record, place);
    if (const std::string_view parent = text_of(span, "parent_span_id"); !parent.empty()) {
      expect_parent(record, fmt::format("{}/{}", trace, parent), place);
    }
    const auto scope = span.find("scope");
    if (scope == span.end() || text_of(*scope, "name").empty()) {
      found_.push_back(
          {finding(rule::scope_unnamed, place, fmt::format("span \"{}\"", text_of(span, "name"))), record.entry});
    }
  }

  void note(std::string_view rule_id, const Record& record, std::string place, std::string detail) {
    found_.push_back({finding(rule_id, std::move(place), std::move(detail)), record.entry});
  }

  void check_times(const Record& record, const std::string& place) {
    const auto start = number_of(record.fields, "start_time_unix_nano");
    const auto end = number_of(record.fields, "end_time_unix_nano");
    if (start == 0 || end == 0 || end >= start) return;
    note(rule::span_backwards, record, place,
         fmt::format("span \"{}\": start {}, end {}", text_of(record.fields, "name"), start, end));
  }

  void expect_parent(const Record& record, std::string parent, const std::string& place) {
    if (first_entry_.contains(parent)) return;
    const ordered_json& span = record.fields;
    const std::string_view kind = text_of(span, "kind");
    const bool remote = kind == "SERVER" || kind == "CONSUMER";
    waiting_[std::move(parent)].push_back(
        {finding(remote ? rule::trace_remote_parent_missing : rule::trace_parent_missing, place,
                 fmt::format("span {} of trace {} \"{}\" names parent {}", text_of(span, "span_id"),
                             text_of(span, "trace_id"), text_of(span, "name"), text_of(span, "parent_span_id"))),
         record.entry});
  }

  void add_duplicates(const Record& record) {
    const auto duplicates = record.fields.find("duplicate_attributes");
    if (duplicates == record.fields.end()) return;
    for (const ordered_json& name : *duplicates) {
      note(rule::attribute_duplicated, record,
           fmt::format("dataset {}, attributes.{}", text_of(record.fields, "dataset"),
                       name.get_ref<const std::string&>()),
           fmt::format("\"{}\"", text_of(record.fields, "name")));
    }
  }

  void add_attributes(const Record& record) {
    const auto attributes = record.fields.find("attributes");
    if (attributes == record.fields.end() || !attributes->is_object()) return;
    check_fields(record, *attributes);
    auto& columns = columns_[std::string(text_of(record.fields, "dataset"))];
    for (const auto& [name, value] : attributes->items()) {
      check_value(record, name, value);
      if (name == sample_rate_key || name == other_sample_rate_key) continue;  // is no column
      const std::string_view type = column_type(value);
      if (type.empty()) continue;
      const auto [column, is_new] = columns.try_emplace(name, Column{type, record.entry});
      if (is_new && columns.size() == max_dataset_columns + 1) {
        note(rule::dataset_too_many_columns, record, fmt::format("dataset {}", text_of(record.fields, "dataset")),
             fmt::format("the next is \"{}\"", name));
      }
      if (is_new || column->second.type == type) continue;
      found_.push_back({finding(rule::attribute_two_types,
                                fmt::format("dataset {}, attributes.{}", text_of(record.fields, "dataset"), name),
                                fmt::format("{} in entry {}, {} in entry {}", column->second.type, column->second.entry,
                                            type, record.entry)),
                        record.entry});
    }
  }

  // Honeycomb's limits, and what it reads as a sample rate.
  void check_value(const Record& record, const std::string& name, const ordered_json& value) {
    constexpr std::size_t most_bytes = 65535;
    const auto place = [&] {
      return fmt::format("dataset {}, attributes.{}", text_of(record.fields, "dataset"), name);
    };
    if (value.is_string() && value.get_ref<const std::string&>().size() > most_bytes) {
      note(rule::field_too_long, record, place(), fmt::format("{} bytes", value.get_ref<const std::string&>().size()));
    }
    if ((name == sample_rate_key || name == other_sample_rate_key) && !is_rate(value)) {
      note(rule::sample_rate_unreadable, record, place(), value.dump());
    }
  }

  void check_fields(const Record& record, const ordered_json& attributes) {
    std::size_t fields = attributes.size();
    for (const auto* of : {"resource", "scope"}) {
      const auto found = record.fields.find(of);
      if (found != record.fields.end() && found->contains("attributes")) fields += (*found)["attributes"].size();
    }
    if (fields <= max_event_fields) return;
    note(rule::event_too_many_fields, record, fmt::format("dataset {}", text_of(record.fields, "dataset")),
         fmt::format("{} attributes", fields));
  }

  static constexpr std::size_t max_dataset_columns = 10'000;  // depends on the plan [guess]

  struct Column {
    std::string_view type;
    std::uint64_t entry;
  };
  std::unordered_map<std::string, std::uint64_t> first_entry_;  // by "trace/span"
  std::map<std::string, std::vector<Derived>> waiting_;         // by the parent's "trace/span"
  std::map<std::string, std::map<std::string, Column>> columns_;
  std::vector<Derived> found_;
  ServiceFindings services_;
  DatasetFindings datasets_;
};

}  // namespace

std::unique_ptr<recording::Vendor::Deriver> make_deriver() { return std::make_unique<Deriver>(); }

}  // namespace understudy::honeycomb
