#include "rollbar/item.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/json_scanner.h"
#include "rollbar/address.h"
#include "rollbar/effect.pb.h"
#include "rollbar/members.h"
#include "rollbar/payload.h"
#include "rollbar/rules.h"
#include "rollbar/schema.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using recording::Context;
using recording::Decision;
using recording::Request;

constexpr std::size_t most_findings = 10;
constexpr std::size_t longest_message = 20'000;  // of a hostile batch
constexpr double tolerated_skew_seconds = 300;
constexpr double tolerated_delay_seconds = 30;  // rollbar-java gathers for 5 s
// The smallest limit on record. A failsafe item below it is never refused for its size: pyrollbar would answer the
// refusal with another failsafe item, without end. [run: pyrollbar 1.4.0-beta]
constexpr std::size_t smallest_limit = 128 * 1024;

// [docs: Access Tokens] The Origin header plays no part. [snapshot: a relay's 403, by platform alone]
constexpr std::string_view client_platforms[] = {"browser", "android", "ios", "flash", "client"};

std::string_view required_scope(const MaybeElement& data) {
  const std::string_view platform = text_of(member_of(data, "platform"));
  const bool is_client =
      std::find(std::begin(client_platforms), std::end(client_platforms), platform) != std::end(client_platforms);
  return is_client ? "post_client_item" : "post_server_item";
}

// The largest members, for who wonders what to shorten: "data.request 1200000, data.body 3000 bytes".
std::string largest_members(std::string_view body) {
  constexpr std::size_t told = 3;
  constexpr JsonStep to_data = std::string_view("data");
  const auto data = find_in_json(body, {&to_data, 1});
  if (!data) return {};
  std::vector<std::pair<std::size_t, std::string_view>> members;
  for_each_child(body.substr(data->offset, data->length), [&](std::string_view raw_name, std::size_t, JsonRange value) {
    members.emplace_back(value.length, raw_name.substr(0, 40));
  });
  const std::size_t count = std::min(told, members.size());
  std::partial_sort(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(count), members.end(),
                    std::greater<>());
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += fmt::format(", data.{} {} bytes", members[i].second, members[i].first);
  return text;
}

bool is_failsafe(std::string_view body) {
  thread_local JsonReader reader;
  const auto root = reader.read(body);
  const MaybeElement flag = root ? member_of(member_of(*root, "data"), "failsafe") : std::nullopt;
  bool value = false;
  return flag && flag->get_bool().get(value) == simdjson::SUCCESS && value;
}

// One item request on its way through the steps.
class ItemDecision {
 public:
  ItemDecision(const State& state, const Request& request, const Context& context, bool is_batch)
      : state_(state), request_(request), context_(context), second_(second_of(context.moment)), is_batch_(is_batch) {}

  Decision take() {
    if (is_too_large() || !has_payload() || !has_token() || !may_post() || is_blocked() || is_over_limit() ||
        breaks_schema()) {
      return std::move(decision_);
    }
    is_batch_ ? store_batch() : store();
    return std::move(decision_);
  }

 private:
  // The item of the batch that the next steps are about; a single one is the only one.
  void look_at(std::uint32_t place) {
    if (!is_batch_ && data_) return;
    place_ = place;
    root_ = is_batch_ ? batch_[place] : payload_.root;
    data_ = member_of(root_, "data");
  }
  std::uint32_t items() const { return is_batch_ ? static_cast<std::uint32_t>(batch_.size()) : 1; }

  // The same of the item that is looked at; `place` is within it.
  void note_of_item(std::string_view rule, std::string_view place, std::string detail, JsonRange range = {}) {
    if (decision_.findings.size() >= most_findings && is_batch_) return;
    note(rule, is_batch_ ? fmt::format("[{}]{}{}", place_, place.empty() ? "" : ".", place) : std::string(place),
         std::move(detail), range);
  }
  void note(std::string_view rule, std::string place, std::string detail, JsonRange range = {}) {
    decision_.findings.push_back(finding(rule, std::move(place), std::move(detail), range.offset, range.length));
  }

  bool is_too_large() { return is_too_large(request_.body); }

  bool is_too_large(std::string_view body) {
    const std::uint64_t limit = state_.settings.max_payload_bytes;
    if (body.size() <= limit || (body.size() <= smallest_limit && is_failsafe(body))) return false;
    note(rule::body_too_large, "body",
         fmt::format("{} bytes, the limit is {}{}", body.size(), limit, largest_members(body)));
    decision_.reply = failed(413, text::too_large);
    return true;
  }

  bool has_payload() {
    thread_local JsonReader reader;
    auto payload = read_payload(request_, reader, storage_);
    if (!payload) {
      const auto coding = request_.header("content-encoding");
      if (coding && !equals_ignoring_case(*coding, "identity")) {
        note(rule::body_compressed, "header content-encoding", fmt::format("{}: {}", *coding, payload.error().reason));
      } else {
        note(rule::body_not_json, "body", payload.error().text(), {payload.error().offset, 0});
      }
      decision_.reply = failed(400, text::not_json);
      return false;
    }
    payload_ = *payload;
    if (is_too_large(payload_.json)) return false;  // once unpacked [guess]
    if (const auto& rewrites = reader.rewrites(); !rewrites.empty()) {
      const JsonRange first{payload_.in_body ? rewrites[0].offset : 0, payload_.in_body ? rewrites[0].length : 0};
      note(rule::body_rewritten, "body",
           fmt::format("{} of them, the first: {}", rewrites.size(), name_of(rewrites[0].kind)), first);
    }
    if (is_batch_ && payload_.root.is_array()) batch_ = items_of(payload_.root);
    return true;
  }

  bool has_token() {
    token_ = find_token(request_, &payload_);
    if (token_.text.empty()) {
      const int status = state_.settings.missing_token_status;
      note(rule::token_missing, "header x-rollbar-access-token", "");
      decision_.reply = failed(status, status == 422 ? text::token_missing : text::token_missing_2018);
      return false;
    }
    if (const std::string stray = stray_characters(token_.text); !stray.empty()) {
      note(rule::token_stray, std::string(token_.place), stray);
    }
    if (token_.differs_from_body) note(rule::token_differs, "access_token", "");
    if (token_.place == "query") note(rule::token_in_query, "query", masked(token_.text));
    return true;
  }

  bool may_post() {
    if (items() == 0) return may_post_item();
    for (std::uint32_t place = 0; place < items(); ++place) {
      look_at(place);
      if (!may_post_item()) return false;
    }
    return true;
  }

  bool may_post_item() {
    const TokenLookUp found = state_.look_up(token_.text);
    account_ = found.token;
    if (account_ == nullptr && !found.is_unknown) return true;
    const std::string place(token_.place);
    if (found.is_unknown) {
      note(rule::token_unknown, place, masked(token_.text));
      decision_.reply = failed(403, text::token_not_found(token_.text));
      return false;
    }
    if (!account_->enabled || account_->is_expired(second_)) {
      note(rule::token_disabled, place, masked(token_.text) + (account_->enabled ? " has expired" : ""));
      decision_.reply = failed(403, text::token_disabled(token_.text));
      return false;
    }
    const std::string_view scope = required_scope(data_);
    if (!account_->has(scope)) {
      const std::string_view platform = text_of(member_of(data_, "platform"));
      note(rule::token_scope, place,
           fmt::format("data.platform is {}, so {} is needed; {} has {}", platform.empty() ? "absent" : platform, scope,
                       masked(token_.text), account_->scope_list()));
      decision_.reply = failed(403, text::scope_missing(scope, account_->scope_list()));
      return false;
    }
    project_ = account_->project;
    token_name_ = account_->name.empty() ? scope : std::string_view(account_->name);
    return true;
  }

  bool is_blocked() {
    if (state_.settings.blocked_addresses.empty()) return false;
    const std::string address = address_of(request_.peer);
    if (!state_.settings.blocks(address)) return false;
    note(rule::address_blocked, "peer", address);
    decision_.reply = failed(403, text::address_blocked(address));
    return true;
  }

  bool is_over_limit() {
    fingerprint_ = fingerprint(token_.text);
    const Standing standing = state_.standing(fingerprint_, account_, second_);
    rate_ = standing.headers;
    own_window_ = standing.own_window;
    if (!standing.is_over) return false;
    const bool enforced = state_.settings.enforce_rate_limit;
    if (enforced || standing.is_first) {  // one finding a window
      note(rule::rate_over_limit, masked(token_.text),
           fmt::format("more than {} calls in {} seconds{}", standing.limit, standing.window_seconds,
                       standing.is_own ? ", the token's own limit" : ""));
    }
    if (!enforced) return false;
    decision_.reply = failed(429, text::over_rate_limit(token_.text), rate_);
    set_effect(Effect::LIMITED, "");
    return true;
  }

  bool breaks_schema() {
    std::string message = "Invalid format.";
    bool refuses = false;
    if (is_batch_ && batch_.empty()) {  // [guess]
      const std::string text = "a batch should be a list of at least one item";
      note(rule::item_wrong_type, "", text);
      message += fmt::format(" {}.", text);
      refuses = true;
    }
    for (std::uint32_t place = 0; place < items(); ++place) {
      look_at(place);
      refuses |= breaks_schema(message);
    }
    if (!refuses) return false;
    decision_.reply = failed(422, message, rate_);
    set_effect(Effect::COUNTED, "");
    return true;
  }

  // The item that is looked at; what refuses it is appended to the message.
  bool breaks_schema(std::string& message) {
    outline_ = outline_of(root_);
    if (is_batch_) outlines_.push_back(outline_);
    if (outline_) return false;
    std::vector<Violation> found = violations(root_);
    // What refuses first, so that notes do not crowd it out.
    const auto notes = std::ranges::stable_partition(found, &Violation::refuses);
    for (const Violation& violation : found) {
      if (decision_.findings.size() < most_findings) {
        note_of_item(violation.rule, path_text(violation.path), violation.text, range_of(violation.path));
      }
      if (!violation.refuses || (is_batch_ && message.size() > longest_message)) continue;
      message += is_batch_ ? fmt::format(" [{}].{}.", place_, violation.text) : fmt::format(" {}.", violation.text);
    }
    return notes.begin() != found.begin();
  }

  // The bytes of the value, or of what should hold it.
  JsonRange range_of(std::span<const JsonStep> within) const {
    if (!payload_.in_body) return {};
    std::vector<JsonStep> path(within.begin(), within.end());
    if (is_batch_) path.insert(path.begin(), std::size_t{place_});
    for (; !path.empty(); path.pop_back()) {
      if (const auto range = find_in_json(payload_.json, path)) return *range;
    }
    return {};
  }

  struct Kept {
    std::string uuid;
    bool is_duplicate = false;
  };

  // What is to be said of the item that is looked at, and what becomes of it.
  Kept keep(std::string_view label) {
    const Often often = often_asked();
    if (text_of(often.environment).empty()) note_of_item(rule::item_no_environment, "data.environment", "");
    note_skew(often.timestamp);
    if (state_.settings.forbids_person_details || state_.settings.wants_anonymized_ip) note_privacy();
    const std::string_view sent = text_of(often.uuid);
    // Handed out as the documentation shows one: 32 digits without dashes.
    Kept kept{sent.empty() ? context_.entropy.hex(label, 32) : std::string(sent), false};
    kept.is_duplicate = !sent.empty() && (state_.knows(project_, kept.uuid) || is_in_batch(kept.uuid));
    if (state_.settings.ignores_client_fingerprints || !state_.settings.grouping_rules.empty()) regroup();
    if (kept.is_duplicate) {
      const JsonStep path[] = {std::string_view("data"), std::string_view("uuid")};
      note_of_item(rule::item_duplicate_uuid, "data.uuid", kept.uuid, range_of(path));
    }
    return kept;
  }

  void store() {
    const Kept kept = keep("uuid");
    decision_.reply = accepted(kept.uuid, rate_);
    if (state_.settings.session_replay) ask_for_replay(decision_.reply);
    set_effect(kept.is_duplicate ? Effect::DUPLICATE : Effect::STORED, kept.uuid);
  }

  void store_batch() {
    std::vector<std::string> uuids;
    for (std::uint32_t place = 0; place < items(); ++place) {
      look_at(place);
      const Kept kept = keep(fmt::format("uuid {}", place));
      uuids.push_back(kept.uuid);
      BatchedItem& item = *batched_.Add();
      item.set_uuid(kept.uuid);
      item.set_is_duplicate(kept.is_duplicate);
      if (const auto& outline = outlines_[place]) item.set_outline(outline->value());
      if (!regrouped_) continue;
      item.set_rule_fingerprint(regrouped_->fingerprint);
      item.set_rule_title(regrouped_->title);
    }
    decision_.reply = accepted_batch(uuids, rate_);
    set_effect(Effect::COUNTED, "");
  }

  bool is_in_batch(std::string_view uuid) const {
    return std::ranges::any_of(batched_, [&](const BatchedItem& item) { return item.uuid() == uuid; });
  }

  // What is asked of every item, in one walk; of several members with one name the last counts.
  struct Often {
    MaybeElement environment;
    MaybeElement timestamp;
    MaybeElement uuid;
  };
  Often often_asked() const {
    Often often;
    const simdjson::dom::object members = data_->get_object().value_unsafe();
    for (const auto [key, value] : members) {
      if (key == "environment") often.environment = value;
      if (key == "timestamp") often.timestamp = value;
      if (key == "uuid") often.uuid = value;
    }
    return often;
  }

  void note_skew(const MaybeElement& timestamp) {
    double sent = 0;
    if (!timestamp || timestamp->get_double().get(sent) != simdjson::SUCCESS) return;
    const double skew = sent - static_cast<double>(context_.moment.wall_ns) / 1e9;
    if (std::abs(skew) <= tolerated_skew_seconds) {
      if (skew < -tolerated_delay_seconds) {
        note_of_item(rule::item_late, "data.timestamp", fmt::format("{:.0f} seconds after its timestamp", -skew));
      }
      return;
    }
    // Without the bytes: to look for them would cost more than all the rest, and replayed items all come here.
    note_of_item(rule::item_clock_skew, "data.timestamp",
                 fmt::format("{:.0f} seconds {}", std::abs(skew), skew < 0 ? "behind" : "ahead"));
  }

  // A fingerprint of the payload comes before the project's rules. [docs: Custom Grouping]
  void regroup() {
    const bool ignores = state_.settings.ignores_client_fingerprints;
    regrouped_.reset();
    if (ignores || text_of(member_of(data_, "fingerprint")).empty()) {
      regrouped_ = state_.settings.grouping_rules.apply(*data_);
    }
  }

  // What the project declares about people. [docs: Person Tracking]
  void note_privacy() {
    const MaybeElement person = member_of(data_, "person");
    for (const char* const name : {"username", "email"}) {
      if (!state_.settings.forbids_person_details || text_of(member_of(person, name)).empty()) continue;
      note_of_item(rule::privacy_person, fmt::format("data.person.{}", name), "");
    }
    const std::string address(text_of(member_of(member_of(data_, "request"), "user_ip")));
    const bool is_whole = !address.empty() && address != "$remote_ip_anonymize" && anonymized(address) != address;
    if (state_.settings.wants_anonymized_ip && (is_whole || address == "$remote_ip")) {
      note_of_item(rule::privacy_user_ip, "data.request.user_ip", "");
    }
  }

  void set_effect(Effect::Fate fate, std::string_view uuid) {
    thread_local Effect effect;  // keeps the memory of its texts
    effect.Clear();
    effect.set_fate(fate);
    effect.set_token(fingerprint_);
    effect.set_project(project_.data(), project_.size());
    if (own_window_ != 0) effect.set_own_window(own_window_);
    if (fate == Effect::STORED && state_.settings.ignores_client_fingerprints) effect.set_ignores_fingerprint(true);
    if (fate == Effect::STORED && outline_) effect.set_outline(outline_->value());
    if (fate == Effect::STORED && regrouped_) {
      effect.set_rule_fingerprint(regrouped_->fingerprint);
      effect.set_rule_title(regrouped_->title);
    }
    const bool is_kept = fate == Effect::STORED || !batched_.empty();
    if (is_kept && state_.settings.messages_are_errors) effect.set_messages_are_errors(true);
    if (!batched_.empty()) {
      if (state_.settings.ignores_client_fingerprints) effect.set_ignores_fingerprint(true);
      *effect.mutable_batch() = std::move(batched_);
    }
    if (!uuid.empty()) effect.set_uuid(uuid.data(), uuid.size());
    if (fate == Effect::LIMITED) effect.set_token_name(token_name_.data(), token_name_.size());
    effect.SerializeToString(&decision_.effect);
  }

  const State& state_;
  const Request& request_;
  const Context& context_;
  const std::int64_t second_;
  Decision decision_;
  std::string storage_;
  Payload payload_;
  const bool is_batch_;
  std::vector<simdjson::dom::element> batch_;
  std::uint32_t place_ = 0;  // of the item that is looked at
  simdjson::dom::element root_;
  MaybeElement data_;
  google::protobuf::RepeatedPtrField<BatchedItem> batched_;
  FoundToken token_;
  const Token* account_ = nullptr;
  std::string_view project_ = default_project;
  std::string_view token_name_ = "post_server_item";  // of new projects' tokens [docs: Access Tokens]
  std::uint64_t fingerprint_ = 0;
  RateHeaders rate_;
  std::int64_t own_window_ = 0;
  std::optional<Regrouped> regrouped_;
  std::optional<Outline> outline_;                // of the item that is looked at
  std::vector<std::optional<Outline>> outlines_;  // of a batch
};

}  // namespace

Decision decide_item(const State& state, const Request& request, const Context& context) {
  return ItemDecision(state, request, context, false).take();
}

Decision decide_batch(const State& state, const Request& request, const Context& context) {
  return ItemDecision(state, request, context, true).take();
}

}  // namespace understudy::rollbar
