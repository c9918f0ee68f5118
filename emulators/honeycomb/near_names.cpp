#include "honeycomb/near_names.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/near_miss.h"

namespace understudy::honeycomb {
namespace {

constexpr std::size_t least_letters = 6;
constexpr std::size_t most_letters = 128;
constexpr std::size_t most_names = 500;  // each is compared with each

std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (is_letter(c)) letters += static_cast<char>(c | 0x20);
  }
  return letters;
}

std::string digits_of(std::string_view name) {
  std::string digits;
  std::ranges::copy_if(name, std::back_inserter(digits), is_digit);
  return digits;
}

// The words between the separators.
std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  while (!name.empty()) {
    const auto length = static_cast<std::size_t>(std::ranges::find_if_not(name, is_alphanumeric) - name.begin());
    if (length > 0) words.push_back(name.substr(0, length));
    name.remove_prefix(std::min(length + 1, name.size()));
  }
  return words;
}

bool is_upper_word(std::string_view word) { return std::ranges::all_of(word, is_upper); }

// "service-a" and "service-b", "GET /cart" and "PUT /cart", "item" and "items" are meant.
bool is_meant(std::string_view left, std::string_view right) {
  if (left.size() + 1 == right.size() && right.ends_with('s') && right.starts_with(left)) return true;
  if (right.size() + 1 == left.size() && left.ends_with('s') && left.starts_with(right)) return true;
  const auto left_words = words_of(left);
  const auto right_words = words_of(right);
  if (left_words.size() != right_words.size()) return false;
  bool only_codes = true;
  bool differ = false;
  for (std::size_t i = 0; i < left_words.size(); ++i) {
    if (left_words[i] == right_words[i]) continue;
    differ = true;
    const bool code = (left_words[i].size() <= 2 && right_words[i].size() <= 2) ||
                      (is_upper_word(left_words[i]) && is_upper_word(right_words[i]));
    only_codes = only_codes && code;
  }
  return differ && only_codes;
}

// "app.now" and "app.new", "result_length" and "result_lenght", "app.user_id" and "app.userId"; not "step1" and
// "step2".
bool is_slip(std::string_view left, std::string_view right) {
  if (digits_of(left) != digits_of(right) || is_meant(left, right)) return false;
  const std::string left_letters = letters_of(left);
  const std::string right_letters = letters_of(right);
  if (left_letters == right_letters) return true;  // the separators or the case alone differ
  const std::size_t letters = std::min(left_letters.size(), right_letters.size());
  const std::size_t most = letters >= 2 * least_letters ? 2 : 1;
  return edit_distance(left_letters, right_letters) <= most;
}

}  // namespace

void NearNames::add(std::string_view name, std::uint64_t entry) {
  auto found = names_.find(name);
  if (found == names_.end()) {
    if (name.size() > most_letters || names_.size() == most_names) return;
    found = names_.emplace(std::string(name), Seen{0, entry}).first;
  }
  ++found->second.count;
}

std::vector<NearNames::Pair> NearNames::pairs() const {
  std::vector<Pair> pairs;
  for (auto left = names_.begin(); left != names_.end(); ++left) {
    for (auto right = std::next(left); right != names_.end(); ++right) {
      const std::size_t shorter = std::min(left->first.size(), right->first.size());
      const std::size_t longer = std::max(left->first.size(), right->first.size());
      if (shorter < least_letters || longer - shorter > 3 || !is_slip(left->first, right->first)) continue;
      const bool left_is_rare = left->second.count < right->second.count ||
                                (left->second.count == right->second.count && left->second.entry > right->second.entry);
      const auto& rare = left_is_rare ? *left : *right;
      const auto& common = left_is_rare ? *right : *left;
      pairs.push_back({rare.first, common.first, rare.second.count, common.second.count, rare.second.entry});
    }
  }
  return pairs;
}

}  // namespace understudy::honeycomb
