#include "honeycomb/decide_events.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/percent.h"
#include "honeycomb/caller.h"
#include "honeycomb/dataset_path.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/keys.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "honeycomb/set_refusals.h"

namespace understudy::honeycomb {
namespace {

using recording::Context;
using recording::Decision;
using recording::Finding;
using recording::Reply;
using recording::Request;

std::string_view rule_of(EventsError error) {
  switch (error) {
    case EventsError::empty:
      return rule::events_empty;
    case EventsError::too_large:
      return rule::events_too_large;
    case EventsError::too_many_columns:
      return rule::events_too_many_columns;
    case EventsError::bad_gzip:
      return rule::body_damaged;
    default:
      return rule::events_malformed;
  }
}

// What was read of a body, before anything is stored.
class Intake {
 public:
  explicit Intake(EventsForm form) : form_(form) {}

  void add(std::size_t index, const SentEvent& event) {
    if (!statuses_.empty()) statuses_ += ',';
    if (event.error == EventsError::none) {
      ++stored_;
      statuses_ += R"({"status":202})";
    } else {
      if (refused_.empty()) first_error_ = event.error;
      refused_.push_back(static_cast<std::uint32_t>(index));
      // The texts need no escaping.
      statuses_ += fmt::format(R"({{"status":400,"error":"{}"}})", message_of(event.error));
      note(rule_of(event.error), index, event.detail);
    }
    if (!event.unreadable_time.empty()) note(rule::events_time_unreadable, index, event.unreadable_time);
    if (!event.unreadable_rate.empty()) note(rule::events_rate_unreadable, index, event.unreadable_rate);
  }

  // The reply: a batch is 200 whatever is in it.
  Reply reply(const Request& request, const Context& context, const SentBody& body) const {
    switch (form_) {
      case EventsForm::single:
        return refused_.empty() ? Reply{} : api_error(400, message_of(first_error_));
      case EventsForm::batch:
        return json_text_reply(200, fmt::format("[{}]", statuses_));
      case EventsForm::kinesis:
        break;
    }
    const auto header = request.header("x-amz-firehose-request-id");
    return firehose_reply(200, header ? std::string(*header) : body.request_id, context.moment.wall_ns, "");
  }

  // A finding a rule, however many events it is about.
  void report(std::vector<Finding>& findings) const {
    for (const auto& [rule_id, noted] : noted_) {
      std::string detail = noted.detail;
      if (noted.count > 1) detail += fmt::format(" (and {} more)", noted.count - 1);
      const std::string place = form_ == EventsForm::single ? "body" : fmt::format("[{}]", noted.index);
      findings.push_back(finding(rule_id, place, std::move(detail)));
    }
  }

  std::uint64_t stored() const { return stored_; }
  const std::vector<std::uint32_t>& refused() const { return refused_; }

 private:
  struct Noted {
    std::size_t index;
    std::string detail;
    std::uint64_t count = 0;
  };
  void note(std::string_view rule_id, std::size_t index, std::string_view detail) {
    auto& noted = noted_.try_emplace(rule_id, Noted{index, std::string(detail)}).first->second;
    ++noted.count;
  }

  EventsForm form_;
  std::string statuses_;
  std::uint64_t stored_ = 0;
  std::vector<std::uint32_t> refused_;
  EventsError first_error_ = EventsError::none;
  std::map<std::string_view, Noted> noted_;
};

Decision refuse(Reply reply, Finding found) {
  Decision decision;
  decision.reply = std::move(reply);
  decision.findings.push_back(std::move(found));
  return decision;
}

Decision refuse(EventsForm form, const Request& request, const Context& context, int status, std::string_view message,
                Finding found) {
  if (form != EventsForm::kinesis) return refuse(api_error(status, message), std::move(found));
  const std::string id(request.header("x-amz-firehose-request-id").value_or(""));
  return refuse(firehose_reply(status, id, context.moment.wall_ns, message), std::move(found));
}

}  // namespace

Decision decide_events(const HoneycombState& state, const Request& request, const Context& context, EventsForm form,
                       std::string_view segment) {
  const KeyHeader key = key_of(request);
  const auto refuse_key = [&](Finding found) {
    return refuse(form, request, context, 401, api_unknown_key, std::move(found));
  };
  if (key.key.empty()) return refuse_key(diagnose_missing_key(request));
  const Account* const account = account_of(state, request);
  if (account == nullptr) return refuse_key(diagnose_key(state, request));
  if (!account->may_send()) {  // [guess: the reply]
    return refuse(form, request, context, state.settings.may_not_send_status, api_unknown_key,
                  finding(rule::key_may_not_send, "key", masked(key.key)));
  }
  if (auto refused = refused_events(state.settings)) {
    return refuse(form, request, context, refused->status, refused->message, std::move(refused->finding));
  }

  std::string dataset = percent_decode(segment);
  const std::string_view environment = account->environment.slug;
  const Dataset* const known = dataset_of_path(state, environment, dataset);
  StoredEvents events;
  if (known != nullptr) {
    events.expand_json_depth = state.queries.settings_of(environment, lower_case(known->name)).expand_json_depth;
  }
  Intake intake(form);
  const auto body = read_sent_events(request, form, events.expand_json_depth,
                                     [&](std::size_t index, const SentEvent& event) { intake.add(index, event); });
  if (!body) {
    return refuse(form, request, context, 400, message_of(body.error().error),
                  finding(rule_of(body.error().error), "body", body.error().detail));
  }

  Decision decision;
  decision.reply = intake.reply(request, context, *body);
  intake.report(decision.findings);
  if (key.alias) decision.findings.push_back(finding(rule::key_alias_header, "header x-hny-team", ""));
  if (intake.stored() == 0) return decision;
  if (known == nullptr && !account->may(Permission::create_datasets)) {
    Finding found = finding(rule::key_may_not_create, fmt::format("dataset {}", dataset), masked(key.key));
    if (state.settings.new_dataset_without_permission == "refuse") return refuse_key(std::move(found));
    decision.findings.push_back(std::move(found));
    return decision;
  }
  if (known != nullptr && known->name != dataset && lower_case(known->name) == lower_case(dataset)) {
    decision.findings.push_back(finding(rule::dataset_two_spellings, fmt::format("dataset {}", lower_case(dataset)),
                                        fmt::format("\"{}\" and \"{}\"", known->name, dataset)));
  }
  if (known != nullptr && lower_case(known->name) != lower_case(dataset)) dataset = known->name;  // it was the slug
  events.dataset = std::move(dataset);
  events.refused = intake.refused();
  decision.effect = write_events_effect(environment, events, intake.stored());
  return decision;
}

}  // namespace understudy::honeycomb
