// The slow second look at JSON: where exactly a text is wrong, and which of its tokens simdjson would refuse although
// the text is good enough for the vendors' parsers. Only texts that simdjson refused come here.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace understudy {

// Walks a text once, without recursion.
class JsonScanner {
 public:
  using Oddity = JsonRewrite;

  JsonScanner(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  bool scan();  // false: error() at error_offset()
  const std::vector<Oddity>& oddities() const { return oddities_; }
  std::size_t error_offset() const { return error_offset_; }
  const std::string& error() const { return error_; }

 private:
  bool at_end() const { return position_ == text_.size(); }
  char here() const { return text_[position_]; }
  bool is_here(char c) const { return !at_end() && here() == c; }
  std::string found() const;  // what stands here, for a message
  bool fail(std::string reason);
  bool fail_at(std::size_t offset, std::string reason);
  void skip_space();

  bool begin_value();
  bool begin_container(char open);
  bool name_and_colon();
  bool after_value();
  bool literal(std::string_view word);
  bool number();
  bool digits();
  void judge_number(std::size_t start, bool is_integer);
  bool string();
  bool escape();
  bool hex4(std::size_t from, unsigned& value) const;
  bool character();

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t position_ = 0;
  std::string open_;  // the brackets that are open, outermost first
  bool opened_ = false;
  bool done_ = false;
  std::vector<Oddity> oddities_;
  std::size_t error_offset_ = 0;
  std::string error_;
};

// The direct children of the array or object that `value` holds: the name as it is written, with its quotes (empty
// for an array's items), the index, and the place within `value`. The text was accepted before.
void for_each_child(std::string_view value,
                    const std::function<void(std::string_view raw_name, std::size_t index, JsonRange child)>& visit);

// What a string token, with its quotes, means.
std::string unescaped(std::string_view token);

}  // namespace understudy
