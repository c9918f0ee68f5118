#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur {

using PathParameters = std::map<std::string, std::string, std::less<>>;

/// A rule in Flask's notation, `/api/activities/@<string:handle>`: the name under which every vendor files the route,
/// whatever language answers it.
struct Rule {
  std::string path;
  std::vector<std::string> methods;
};

/// Finds the rule of a request as Werkzeug does: literal text before parameters, HEAD wherever GET is, a parameter is
/// one segment of at least one character, runs of slashes are merged by a redirect.
class Router {
 public:
  struct Found {
    std::size_t rule;
    PathParameters parameters;
  };
  struct Miss {
    std::vector<std::string> allowed;     // for 405; empty for 404
    std::optional<std::string> redirect;  // the path that would have matched
  };
  struct Result {
    std::optional<Found> found;
    Miss miss;
  };

  std::size_t add(Rule rule);
  const Rule& rule(std::size_t index) const { return rules_[index].rule; }
  Result find(std::string_view method, std::string_view path) const;

 private:
  struct Piece {
    std::string text;  // literal text, or the parameter's name
    bool is_parameter;
  };
  struct Entry {
    Rule rule;
    std::vector<Piece> pieces;
  };

  static std::optional<PathParameters> match(const std::vector<Piece>& pieces, std::string_view path);
  static std::size_t literal_size(const std::vector<Piece>& pieces);
  static bool allows(const Entry& entry, std::string_view method);
  std::vector<std::size_t> matching(std::string_view path) const;

  std::vector<Entry> rules_;
};

}  // namespace cruddur
