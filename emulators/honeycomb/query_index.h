// The events of a session as columns, a table each dataset: what queries and calls about columns read.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/dictionary.h"
#include "query/table.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

class Effect;
class QueryEffect;
struct ShownColumn;

// What a call said about a column.
struct ColumnNotes {
  std::string description;
  bool hidden = false;
  std::int64_t updated_ns = 0;
};

struct IndexedDataset {
  IndexedDataset(query::Dictionary& texts, std::string environment_slug, std::string lower_name)
      : environment(std::move(environment_slug)), name(std::move(lower_name)), table(texts) {}

  std::string environment;
  std::string name;
  query::Table table;
  std::map<std::string, ColumnNotes, std::less<>> notes;  // by the column's name

  const query::Column* column_of(std::string_view id) const;  // null: none has that id
  ShownColumn shown(const query::Column& column) const;
};

class QueryIndex final : public recording::Index {
 public:
  void add(const recording::Entry& entry) override;

  // Null: no event and no call was about it yet. By the environment's slug and the dataset's name in lower case.
  const IndexedDataset* find(std::string_view environment, std::string_view dataset) const;
  std::vector<const IndexedDataset*> all_of(std::string_view environment) const;
  // Shared by all tables; what a query works out adds its texts.
  query::Dictionary& texts() { return texts_; }

 private:
  IndexedDataset& at(const std::string& environment, std::string_view dataset);
  void add_events(const recording::Entry& entry, const Effect& effect);
  void apply(const std::string& environment, const QueryEffect& effect);
  void changed(const recording::Entry& entry);

  query::Dictionary texts_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<IndexedDataset>> datasets_;
};

// What a column is called in the API: 12 characters that are the same for the same name in the same dataset.
std::string column_id(std::string_view environment, std::string_view dataset, std::string_view name);
// The alphabet of ids. [docs: API]
inline constexpr std::string_view base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

}  // namespace understudy::honeycomb
