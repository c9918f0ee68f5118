#include "rollbar/trends.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/near_miss.h"
#include "rollbar/grouping.h"
#include "rollbar/record_members.h"
#include "rollbar/rules.h"
#include "rollbar/secrets.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> level_names = {"critical", "error", "warning", "info", "debug"};
constexpr std::size_t error_place = 1;
constexpr std::size_t info_place = 3;

constexpr std::uint64_t many_items = 10;
constexpr std::size_t most_texts = 10'000;  // of messages that are looked at; what scatters shows long before
constexpr std::size_t most_words = 20;
constexpr std::size_t most_bytes = 500;
constexpr std::size_t shown_characters = 80;

constexpr std::size_t most_environments = 100;  // each is compared with each
constexpr std::size_t least_letters = 6;

// Of an exception its class, files and methods, as grouping has it; of a message without level nothing, for it is an
// info.
std::string likeness_of(const ordered_json* body) {
  std::string likeness;
  const auto add = [&](const ordered_json* trace) {
    likeness += text_of(member_of(member_of(trace, "exception"), "class"));
    const ordered_json* const frames = member_of(trace, "frames");
    if (frames == nullptr || !frames->is_array()) return;
    for (const ordered_json& frame : *frames) {
      likeness += text_of(member_of(&frame, "filename")) + text_of(member_of(&frame, "method"));
    }
  };
  add(member_of(body, "trace"));
  if (const ordered_json* const chain = member_of(body, "trace_chain"); chain != nullptr && chain->is_array()) {
    for (const ordered_json& trace : *chain) add(&trace);
  }
  return likeness;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (words.size() <= most_words) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.empty()) return words;
    words.push_back(text.substr(0, text.find_first_of(" \t\r\n")));
    text.remove_prefix(words.back().size());
  }
  return words;
}

std::string with_hole(const std::vector<std::string_view>& words, std::size_t hole) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += ' ';
    text += i == hole ? std::string_view("*") : words[i];
  }
  return text;
}

// What a finding may tell of a message.
std::string shown(const std::string& pattern) {
  return credential_in(pattern).empty() ? fmt::format("\"{}\"", cut_to(pattern, shown_characters))
                                        : "a message with a credential";
}

std::string letters_and_digits(std::string_view name) {
  std::string kept;
  for (const char c : name) {
    if (is_alphanumeric(c)) kept += to_lower(c);
  }
  return kept;
}

// "Production" and "production", "prodution" and "production"; not "stage1" and "stage2".
bool is_slip(std::string_view left, std::string_view right) {
  const std::string a = letters_and_digits(left), b = letters_and_digits(right);
  if (a.empty() || b.empty()) return false;
  if (a == b) return true;
  return std::min(a.size(), b.size()) >= least_letters && std::ranges::none_of(a + b, is_digit) &&
         edit_distance(a, b) <= 1;
}

}  // namespace

void Trends::add(const ordered_json& data, std::uint64_t entry) {
  add_level(data, entry);
  const std::string environment = text_of(member_of(&data, "environment"));
  if (environments_.size() < most_environments || environments_.contains(environment)) {
    const auto [known, is_new] = environments_.try_emplace(environment, Seen{0, entry});
    ++known->second.count;
  }
  add_error(environment, data, entry);
  const std::string own = text_of(member_of(&data, "fingerprint"));
  const std::string text = text_of(member_of(member_of(member_of(&data, "body"), "message"), "body"));
  if (!own.empty()) {
    add_fingerprint(environment, data, own, entry);
  } else if (!text.empty()) {
    add_message(environment, text, entry);
  }
}

// Without one an exception is an error, a message an info. [docs: Create an item, level]
void Trends::add_level(const ordered_json& data, std::uint64_t entry) {
  const std::string name = text_of(member_of(&data, "level"));
  const auto* const named = std::ranges::find(level_names, name);
  const bool is_message = member_of(member_of(&data, "body"), "message") != nullptr;
  const std::size_t place = named != level_names.end() ? static_cast<std::size_t>(named - level_names.begin())
                                                       : (is_message ? info_place : error_place);
  ++levels_[place];
  if (place > error_place && !below_error_) below_error_ = entry;
}

void Trends::add_deploy(const ordered_json& deploy) {
  if (!deploy.contains("environment") || text_of(member_of(&deploy, "status")) == "failed") return;
  deploys_[text_of(member_of(&deploy, "environment"))].push_back(
      {fmt::format("deploy {} of revision {}", deploy["id"].dump(), text_of(member_of(&deploy, "revision"))), {}});
}

// The last deploy before an error was seen first is the suspect. [docs: Deploys]
void Trends::add_error(std::string_view environment, const ordered_json& data, std::uint64_t entry) {
  const std::string level = text_of(member_of(&data, "level"));
  if (level == "warning" || level == "info" || level == "debug") return;
  const std::string key = likeness_of(member_of(&data, "body"));
  if (key.empty() || !errors_.insert(fingerprint(fmt::format("{}\n{}", environment, key))).second) return;
  const auto deploys = deploys_.find(environment);
  if (deploys != deploys_.end() && !deploys->second.back().first_error) deploys->second.back().first_error = entry;
}

// Texts that differ in the same one word, after what looks like data was taken out, share one key: the others.
void Trends::add_message(std::string_view environment, const std::string& text, std::uint64_t entry) {
  if (texts_.size() == most_texts || text.size() > most_bytes) return;
  const std::string kept = without_data(text);
  if (!texts_.insert(fingerprint(fmt::format("{}\n{}", environment, kept))).second) return;
  const auto words = words_of(kept);
  if (words.size() < 2 || words.size() > most_words) return;
  for (std::size_t hole = 0; hole < words.size(); ++hole) {
    std::string pattern = with_hole(words, hole);
    Scattered& same = messages_[fingerprint(fmt::format("{}\n{}", environment, pattern))];
    if (same.items == 0) same = {.pattern = std::move(pattern), .items = 0, .occurrences = 0, .entry = entry};
    ++same.items;
  }
}

void Trends::add_fingerprint(std::string_view environment, const ordered_json& data, const std::string& own,
                             std::uint64_t entry) {
  const ordered_json* const trace = member_of(member_of(&data, "body"), "trace");
  std::string name = text_of(member_of(member_of(trace, "exception"), "class"));
  if (name.empty()) name = "messages";
  Scattered& same = classes_
                        .try_emplace(fmt::format("{}\n{}", environment, name),
                                     Scattered{.pattern = name, .items = 0, .occurrences = 0, .entry = entry})
                        .first->second;
  ++same.occurrences;
  if (fingerprints_.insert(fingerprint(fmt::format("{}\n{}\n{}", environment, name, own))).second) ++same.items;
}

void Trends::add_to(DerivedFindings& found) const {
  if (below_error_) {
    std::string told;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      told += fmt::format("{}{} {}", i == 0 ? "" : ", ", levels_[i], level_names[i]);
    }
    found.push_back({finding(rule::item_below_error, "data.level", std::move(told)), *below_error_});
  }
  for (const auto& [environment, deploys] : deploys_) {
    for (const Deploy& deploy : deploys) {
      if (!deploy.first_error) continue;
      found.push_back({finding(rule::deploy_suspect, fmt::format("environment {}", environment), deploy.told),
                       *deploy.first_error});
    }
  }
  add_near_environments(found);
  // In the order of the entries: a hash table has none.
  std::map<std::uint64_t, const Scattered*> scattered;
  for (const auto& [key, one] : messages_) {
    if (one.items < many_items) continue;
    const Scattered*& kept = scattered[one.entry];
    if (kept == nullptr || one.items > kept->items || (one.items == kept->items && one.pattern < kept->pattern)) {
      kept = &one;
    }
  }
  for (const auto& [entry, one] : scattered) {
    found.push_back({finding(rule::item_one_each, "data.body.message.body",
                             fmt::format("{} items of {}", one->items, shown(one->pattern))),
                     entry});
  }
  for (const auto& [key, one] : classes_) {
    if (one.items < many_items || one.items * 10 < one.occurrences * 9) continue;
    found.push_back({finding(rule::item_one_each, "data.fingerprint",
                             fmt::format("{} items of {} occurrences of {}", one.items, one.occurrences,
                                         cut_to(one.pattern, shown_characters))),
                     one.entry});
  }
}

void Trends::add_near_environments(DerivedFindings& found) const {
  for (auto left = environments_.begin(); left != environments_.end(); ++left) {
    for (auto right = std::next(left); right != environments_.end(); ++right) {
      if (!is_slip(left->first, right->first)) continue;
      const bool left_is_rare = left->second.count < right->second.count;
      const auto& rare = left_is_rare ? *left : *right;
      const auto& common = left_is_rare ? *right : *left;
      found.push_back({finding(rule::environment_near_miss, "data.environment",
                               fmt::format("\"{}\" ({} times) and \"{}\" ({} times)", rare.first, rare.second.count,
                                           common.first, common.second.count)),
                       rare.second.entry});
    }
  }
}

}  // namespace understudy::rollbar
