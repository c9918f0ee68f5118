#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "rollbar/members.h"
#include "rollbar/payload.h"
#include "rollbar/rql.h"

namespace understudy::rollbar::rql {

namespace {

using nlohmann::ordered_json;
using recording::Context;

// Every row is as expensive as the occurrence it reads. [docs: RQL, limits]
constexpr std::size_t most_occurrences = 200'000;
constexpr std::size_t most_columns = 500;  // of select *

Value value_of(const MaybeElement& element) {
  if (!element || element->is_null()) return {};
  if (element->is_string()) return std::string(text_of(element));
  double number = 0;
  if (element->get_double().get(number) == simdjson::SUCCESS) return number;
  bool truth = false;
  if (element->get_bool().get(truth) == simdjson::SUCCESS) return truth ? 1.0 : 0.0;
  return simdjson::minify(*element);
}

// One occurrence and its item, by the names that a query uses.
class Row {
 public:
  Row(const ItemIndex& index, const Occurrence& occurrence, const MaybeElement& data)
      : occurrence_(occurrence), item_(index.items()[occurrence.item]), data_(data) {}

  Value at(std::string_view path) const {
    if (path.starts_with("item.")) return of_item(path.substr(5));
    if (path == "timestamp") return static_cast<double>(occurrence_.second);
    if (path == "occurrence_id" || path == "id") return static_cast<double>(occurrence_.id());
    if (path == "environment") return item_.environment;
    MaybeElement found = data_;
    while (found && !path.empty()) {
      const std::string_view name = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(path.size(), name.size() + 1));
      found = found->is_array() ? item_at(*found, name) : member_of(found, name);
    }
    return value_of(found);
  }

  // What select * shows: the members of the item, and of the payload each value with the way to it. [guess]
  template <typename Visit>
  void each_column(const Visit& visit) const {
    for (const std::string_view name : {"timestamp", "occurrence_id"}) visit(std::string(name), at(name));
    for (const std::string_view name :
         {"id", "counter", "title", "environment", "level", "status", "framework", "platform", "hash",
          "total_occurrences", "first_occurrence_timestamp", "last_occurrence_timestamp"}) {
      visit("item." + std::string(name), of_item(name));
    }
    if (data_ && data_->is_object()) each_leaf("", *data_, visit);
  }

 private:
  template <typename Visit>
  static void each_leaf(const std::string& path, const simdjson::dom::element& element, const Visit& visit) {
    const auto inner = [&](std::string_view name) {
      return path.empty() ? std::string(name) : path + "." + std::string(name);
    };
    if (element.is_object()) {
      const simdjson::dom::object members = element.get_object().value_unsafe();
      for (const auto member : members) {
        if (path.empty() && member.key == "timestamp") continue;  // the arrival's stands for it
        each_leaf(inner(member.key), member.value, visit);
      }
    } else if (element.is_array()) {
      const simdjson::dom::array items = element.get_array().value_unsafe();
      std::size_t index = 0;
      for (const simdjson::dom::element item : items) each_leaf(inner(std::to_string(index++)), item, visit);
    } else {
      visit(path, value_of(element));
    }
  }
  static MaybeElement item_at(const simdjson::dom::element& array, std::string_view name) {
    const auto place = to_number(name);
    simdjson::dom::element found;
    if (!place || array.at(static_cast<std::size_t>(*place)).get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
  }
  static std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t number = 0;
    for (const char c : text) {
      if (c < '0' || c > '9' || number > 1'000'000) return std::nullopt;
      number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return text.empty() ? std::nullopt : std::optional(number);
  }
  // Levels, states and frameworks are numbers here. [docs: RQL]
  Value of_item(std::string_view name) const {
    if (name == "id") return static_cast<double>(item_.id);
    if (name == "counter") return static_cast<double>(item_.counter);
    if (name == "title") return item_.title;
    if (name == "environment") return item_.environment;
    if (name == "level") return static_cast<double>(item_.level);
    if (name == "status") return static_cast<double>(item_.status);
    if (name == "framework") return static_cast<double>(item_.framework);
    if (name == "platform") return static_cast<double>(item_.platform);
    if (name == "hash") return item_.fingerprint;
    if (name == "total_occurrences") return static_cast<double>(item_.total_occurrences);
    if (name == "first_occurrence_timestamp") return static_cast<double>(item_.first_second);
    if (name == "last_occurrence_timestamp") return static_cast<double>(item_.last_second);
    return {};
  }

  const Occurrence& occurrence_;
  const Item& item_;
  const MaybeElement& data_;
};

// % is any text, _ any character; without case, as in MySQL. [docs: RQL follows MySQL]
bool is_like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = pattern.npos, from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && (pattern[p] == '_' || to_lower(pattern[p]) == to_lower(text[t]))) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('%', p) == pattern.npos;
}

bool compares(const Value& left, const std::string& op, const Value& right) {
  if (left.index() != right.index() || left.index() == 0) return op == "!=" && left.index() != 0;
  if (op == "=") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

bool holds(const Condition& condition, const Row& row) {
  const auto part_holds = [&](const Condition& part) { return holds(part, row); };
  switch (condition.kind) {
    case Condition::Kind::all:
      return std::ranges::all_of(condition.parts, part_holds);
    case Condition::Kind::any:
      return std::ranges::any_of(condition.parts, part_holds);
    case Condition::Kind::negation:
      return !part_holds(condition.parts[0]);
    case Condition::Kind::is_null:
      return row.at(condition.path).index() == 0;
    case Condition::Kind::in: {
      const Value value = row.at(condition.path);
      return value.index() != 0 && std::ranges::find(condition.values, value) != condition.values.end();
    }
    case Condition::Kind::like: {
      const Value value = row.at(condition.path);
      const auto* const text = std::get_if<std::string>(&value);
      const auto* const pattern = std::get_if<std::string>(&condition.values[0]);
      return text != nullptr && pattern != nullptr && is_like(*text, *pattern);
    }
    case Condition::Kind::comparison:
      return compares(row.at(condition.path), condition.op, condition.values[0]);
  }
  return false;
}

// What one function of one group has seen.
struct Aggregate {
  std::uint64_t count = 0;
  double sum = 0;
  Value least, greatest;
  std::set<Value> different;

  void add(const Column& column, const Row& row) {
    if (column.path.empty()) {
      ++count;
      return;
    }
    const Value value = row.at(column.path);
    if (value.index() == 0) return;
    if (count == 0 || value < least) least = value;
    if (count == 0 || value > greatest) greatest = value;
    ++count;
    if (const double* const number = std::get_if<double>(&value)) sum += *number;
    if (column.function == Column::Function::count_distinct) different.insert(value);
  }
  Value result(Column::Function function) const {
    switch (function) {
      case Column::Function::count:
        return static_cast<double>(count);
      case Column::Function::count_distinct:
        return static_cast<double>(different.size());
      case Column::Function::min:
        return least;
      case Column::Function::max:
        return greatest;
      case Column::Function::sum:
        return sum;
      case Column::Function::average:
        return count == 0 ? Value() : Value(sum / static_cast<double>(count));
      case Column::Function::none:
        break;
    }
    return {};
  }
};

using Rows = std::vector<std::vector<Value>>;

class Run {
 public:
  Run(const Query& query, const ItemIndex& index, std::string_view project, const Context& context)
      : query_(query), index_(index), project_(project), context_(context) {
    if (query.is_grouped() && query.group_by.empty()) groups_.try_emplace({}, query.columns.size());
    for (const Column& column : query.columns) names_.push_back(column.name);
  }

  Rows take() {
    std::size_t seen = 0;
    const auto& all = index_.occurrences();
    for (auto one = all.rbegin(); one != all.rend() && seen < most_occurrences; ++one) {
      if (one->deleted || one->is_system || index_.items()[one->item].project != project_) continue;
      ++seen;
      look_at(*one);
    }
    for (auto& [key, group] : groups_) finish(group);
    for (std::vector<Value>& row : rows_) row.resize(names_.size());
    sort();
    return std::move(rows_);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Group {
    explicit Group(std::size_t columns) : aggregates(columns), values(columns) {}
    std::vector<Aggregate> aggregates;
    std::vector<Value> values;  // of columns without function: those of the group's first row
    bool is_begun = false;
  };

  void look_at(const Occurrence& occurrence) {
    const auto entry = context_.entries.read(occurrence.ordinal);
    if (!entry) return;
    std::string storage;
    const auto payload = read_payload(entry->request(), reader_, storage);
    const MaybeElement data = payload ? data_of(*payload, occurrence.place) : std::nullopt;
    const Row row(index_, occurrence, data);
    if (!holds(query_.where, row)) return;
    if (!query_.is_grouped()) {
      std::vector<Value>& values = rows_.emplace_back();
      if (query_.all_columns) return take_all(row, values);
      for (const Column& column : query_.columns) values.push_back(row.at(column.path));
      return;
    }
    std::vector<Value> key;
    for (const std::string& path : query_.group_by) key.push_back(row.at(path));
    Group& group = groups_.try_emplace(std::move(key), query_.columns.size()).first->second;
    for (std::size_t i = 0; i < query_.columns.size(); ++i) {
      const Column& column = query_.columns[i];
      if (column.function != Column::Function::none) {
        group.aggregates[i].add(column, row);
      } else if (!group.is_begun) {
        group.values[i] = row.at(column.path);
      }
    }
    group.is_begun = true;
  }

  // A column is what some row has.
  void take_all(const Row& row, std::vector<Value>& values) {
    row.each_column([&](const std::string& name, Value value) {
      const auto [place, is_new] = places_.try_emplace(name, names_.size());
      if (is_new && names_.size() < most_columns) names_.push_back(name);
      if (place->second >= names_.size()) return;
      if (values.size() <= place->second) values.resize(place->second + 1);
      values[place->second] = std::move(value);
    });
  }

  void finish(const Group& group) {
    std::vector<Value>& values = rows_.emplace_back(group.values);
    for (std::size_t i = 0; i < query_.columns.size(); ++i) {
      const Column::Function function = query_.columns[i].function;
      if (function != Column::Function::none) values[i] = group.aggregates[i].result(function);
    }
  }

  void sort() {
    for (auto order = query_.order_by.rbegin(); order != query_.order_by.rend(); ++order) {
      const auto column = std::ranges::find(names_, order->name);
      if (column == names_.end()) continue;
      const auto place = static_cast<std::size_t>(column - names_.begin());
      std::ranges::stable_sort(rows_, [&](const auto& a, const auto& b) {
        return order->descending ? b[place] < a[place] : a[place] < b[place];
      });
    }
  }

  const Query& query_;
  const ItemIndex& index_;
  std::string_view project_;
  const Context& context_;
  JsonReader reader_;
  std::map<std::vector<Value>, Group> groups_;
  std::vector<std::string> names_;             // of the columns
  std::map<std::string, std::size_t> places_;  // of select *: where each stands
  Rows rows_;
};

ordered_json to_json(const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  const double* const number = std::get_if<double>(&value);
  if (number == nullptr) return nullptr;
  const bool is_whole =
      *number > -9e15 && *number < 9e15 && *number == static_cast<double>(static_cast<std::int64_t>(*number));
  return is_whole ? ordered_json(static_cast<std::int64_t>(*number)) : ordered_json(*number);
}

}  // namespace

ordered_json run(const Query& query, const ItemIndex& index, std::string_view project, const Context& context) {
  Run execution(query, index, project, context);
  const Rows rows = execution.take();
  ordered_json shown = ordered_json::array(), names = ordered_json::array();
  for (std::size_t i = query.offset; i < rows.size() && shown.size() < query.limit; ++i) {
    ordered_json& row = shown.emplace_back(ordered_json::array());
    for (const Value& value : rows[i]) row.push_back(to_json(value));
  }
  for (const std::string& name : execution.names()) names.push_back(name);
  const std::size_t count = shown.size();
  return {{"rows", std::move(shown)},
          {"selectionColumns", names},
          {"columns", names},
          {"errors", ordered_json::array()},
          {"warnings", ordered_json::array()},
          {"rowcount", count},
          {"executionTime", 0}};
}

}  // namespace understudy::rollbar::rql
