#include "backend/http/router.h"

#include <algorithm>
#include <set>

namespace cruddur {
namespace {

std::string merge_slashes(std::string_view path) {
  std::string merged;
  for (const char c : path) {
    if (c != '/' || !merged.ends_with('/')) {
      merged += c;
    }
  }
  return merged;
}

}  // namespace

std::size_t Router::add(Rule rule) {
  std::vector<Piece> pieces;
  std::string_view rest = rule.path;
  while (!rest.empty()) {
    const auto open = rest.find('<');
    if (open != 0) {
      pieces.push_back({std::string(rest.substr(0, open)), false});
    }
    if (open == std::string_view::npos) {
      break;
    }
    const auto colon = rest.find(':', open);
    const auto close = rest.find('>', open);
    pieces.push_back({std::string(rest.substr(colon + 1, close - colon - 1)), true});
    rest.remove_prefix(close + 1);
  }
  rules_.push_back({std::move(rule), std::move(pieces)});
  return rules_.size() - 1;
}

std::optional<PathParameters> Router::match(const std::vector<Piece>& pieces, std::string_view path) {
  PathParameters parameters;
  for (const auto& piece : pieces) {
    if (!piece.is_parameter) {
      if (!path.starts_with(piece.text)) {
        return std::nullopt;
      }
      path.remove_prefix(piece.text.size());
      continue;
    }
    const auto value = path.substr(0, path.find('/'));
    if (value.empty()) {
      return std::nullopt;
    }
    parameters[piece.text] = value;
    path.remove_prefix(value.size());
  }
  return path.empty() ? std::optional(std::move(parameters)) : std::nullopt;
}

bool Router::allows(const Entry& entry, std::string_view method) {
  const auto& methods = entry.rule.methods;
  return std::ranges::find(methods, method) != methods.end();
}

std::size_t Router::literal_size(const std::vector<Piece>& pieces) {
  std::size_t size = 0;
  for (const auto& piece : pieces) {
    size += piece.is_parameter ? 0 : piece.text.size();
  }
  return size;
}

/// The rules of a path, the one with more literal text first.
std::vector<std::size_t> Router::matching(std::string_view path) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (match(rules_[i].pieces, path)) {
      found.push_back(i);
    }
  }
  const auto has_more_literal_text = [&](std::size_t left, std::size_t right) {
    const auto left_size = literal_size(rules_[left].pieces);
    const auto right_size = literal_size(rules_[right].pieces);
    return left_size != right_size ? left_size > right_size : left < right;
  };
  std::ranges::sort(found, has_more_literal_text);
  return found;
}

Router::Result Router::find(std::string_view method, std::string_view path) const {
  const auto exact = matching(path);
  for (const auto index : exact) {
    if (allows(rules_[index], method)) {
      return {.found = Found{index, *match(rules_[index].pieces, path)}, .miss = {}};
    }
  }
  auto candidates = exact;
  Miss miss;
  if (const auto merged = merge_slashes(path); exact.empty() && merged != path) {
    candidates = matching(merged);
    if (std::ranges::any_of(candidates, [&](std::size_t index) { return allows(rules_[index], method); })) {
      miss.redirect = merged;
      return {.found = std::nullopt, .miss = std::move(miss)};
    }
  }
  std::set<std::string> allowed;
  for (const auto index : candidates) {
    allowed.insert(rules_[index].rule.methods.begin(), rules_[index].rule.methods.end());
  }
  miss.allowed.assign(allowed.begin(), allowed.end());
  return {.found = std::nullopt, .miss = std::move(miss)};
}

}  // namespace cruddur
