#include "honeycomb/decide_otlp.h"

#include <fmt/format.h>
#include <google/protobuf/unknown_field_set.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "honeycomb/body.h"
#include "honeycomb/caller.h"
#include "honeycomb/content_types.h"
#include "honeycomb/datasets.h"
#include "honeycomb/filing.h"
#include "honeycomb/grpc_errors.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/keys.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "honeycomb/set_refusals.h"
#include "otlp/walker.h"

namespace understudy::honeycomb {
namespace {

using otlp::Signal;
using recording::Decision;
using recording::Finding;
using recording::Protocol;
using recording::Reply;
using recording::Request;

bool is_message(std::string_view protobuf) {
  google::protobuf::UnknownFieldSet fields;
  return fields.ParseFromArray(protobuf.data(), static_cast<int>(protobuf.size()));
}

bool is_json_object(std::string_view text) { return trim(text).starts_with('{') && nlohmann::json::accept(text); }

// One export on its way through the checks. A check that fails leaves the reply and its finding behind.
class Export {
 public:
  // Without a signal: of profiles.
  Export(const HoneycombState& state, const Request& request, std::optional<Signal> signal)
      : state_(state),
        request_(request),
        signal_(signal),
        key_(key_of(request)),
        account_(account_of(state, request)),
        address_(address_of(request, state.settings.translator())),
        body_(state.settings.translator()),
        filing_(signal.value_or(Signal::traces), address_) {}

  Decision decide() {
    const bool accepted = request_.protocol == Protocol::grpc ? accept_grpc() : accept_http();
    if (accepted) store();
    return std::move(decision_);
  }

 private:
  bool accept_http() {
    const auto speech = speech_of(request_);
    if (!speech) {
      return refuse(unsupported_content_type(), diagnose_content_type(request_.header("content-type").value_or("")));
    }
    speech_ = *speech;
    const Settings& settings = state_.settings;
    if (!check_key()) return false;
    if (request_.body.size() > settings.body_limit_bytes) {
      return refuse(otlp_error(speech_, settings.body_limit_status, message_of(OtlpError::too_large)),
                    too_large(settings.body_limit_bytes));
    }
    return check_coding() && read(max_decompressed_bytes);
  }

  // grpc-go decompresses and parses before it calls the service, so a bad message is answered before a bad key.
  // [code: grpc-go server.go, processUnaryRPC]
  bool accept_grpc() {
    speech_ = *speech_of(request_);
    const std::uint64_t limit = state_.settings.grpc_message_limit_bytes;
    if (request_.body.size() > limit) {
      return refuse(message_too_large(request_.body.size(), limit), too_large(limit));
    }
    return read(limit) && check_key();
  }

  bool check_key() {
    if (key_.key.empty()) return refuse(OtlpError::missing_key, diagnose_missing_key(request_));
    const bool wants_dataset = address_.classic && signal_ && *signal_ != Signal::logs;
    if (wants_dataset && address_.header.empty()) {
      return refuse(OtlpError::missing_dataset,
                    finding(rule::dataset_header_missing, "header x-honeycomb-dataset", "absent or empty"));
    }
    if (account_ == nullptr) return refuse_key(diagnose_key(state_, request_));
    if (!account_->may_send())
      return refuse_key(about_key(rule::key_may_not_send), state_.settings.may_not_send_status);
    auto refused = refused_export(state_.settings, speech_);
    return !refused || refuse(std::move(refused->reply), std::move(refused->finding));
  }

  // The direct translator alone looks at it [code: husky otlp/traces_direct.go]; that profiles are read so: [guess].
  bool check_coding() {
    const std::string_view coding = unknown_coding(request_);
    const bool direct = !signal_ || (*signal_ == Signal::traces && address_.translator == Translator::direct);
    if (coding.empty() || !direct) return true;
    return refuse(
        otlp_error(speech_, OtlpError::unparsable,
                   fmt::format("{}: unsupported content encoding \"{}\"", message_of(OtlpError::unparsable), coding)),
        about_coding(coding));
  }

  bool read(std::size_t decompressed_limit) {
    if (!signal_) return read_profiles(decompressed_limit);
    const auto protobuf = body_.read(request_, speech_, *signal_, decompressed_limit);
    if (!protobuf) return refuse_body(protobuf.error(), decompressed_limit);
    const auto walked = for_each_group(*signal_, *protobuf, [this](const Group& group) { filing_.add(group); });
    if (walked) return true;
    return refuse_parse(otlp::describe(walked.error()), walked.error().offset);
  }

  bool read_profiles(std::size_t decompressed_limit) {
    const auto body = body_.read_plain(request_, decompressed_limit);
    if (!body) return refuse_body(body.error(), decompressed_limit);
    if (speech_.form == Speech::Form::json ? !is_json_object(*body) : !is_message(*body)) {
      return refuse_parse(speech_.form == Speech::Form::json ? "no JSON object" : "no protobuf message", 0);
    }
    if (!body->empty()) filing_.add_profiles();
    return true;
  }

  void store() {
    if (!account_->may(Permission::create_datasets) && !check_new_datasets()) return;
    decision_.reply = otlp_success(speech_);
    if (auto partial = partial_success(state_.settings, speech_, signal_)) {
      decision_.reply = std::move(partial->reply);
      decision_.findings.push_back(std::move(partial->finding));
    }
    const std::string_view environment = account_->environment.slug;
    filing_.report(state_, environment, decision_.findings);
    report_use();
    decision_.effect =
        filing_.effect(environment, signal_ == Signal::metrics && state_.settings.metrics_mapping == "native");
  }

  bool check_new_datasets() {
    const auto removed = filing_.remove_new_datasets(state_, account_->environment.slug);
    for (const std::string& dataset : removed) {
      Finding found = finding(rule::key_may_not_create, fmt::format("dataset {}", dataset), masked(key_.key));
      if (state_.settings.new_dataset_without_permission == "refuse") return refuse_key(std::move(found));
      decision_.findings.push_back(std::move(found));
    }
    return true;
  }

  // What works, and yet is worth a word.
  void report_use() {
    if (!body_.ignored_name().empty()) {
      decision_.findings.push_back(finding(rule::json_snake_case, body_.ignored_name(), "ignored"));
    }
    if (key_.alias) decision_.findings.push_back(finding(rule::key_alias_header, "header x-hny-team", ""));
    if (!is_ingest(account_->kind) && request_.protocol != Protocol::grpc) {
      if (const auto origin = request_.header("origin")) {
        decision_.findings.push_back(finding(rule::key_in_browser, "header x-honeycomb-team",
                                             fmt::format("{} from {}", masked(key_.key), *origin)));
      }
    }
    if (const auto rate = request_.header("x-honeycomb-samplerate")) {
      decision_.findings.push_back(
          finding(rule::sample_rate_header, "header x-honeycomb-samplerate", std::string(*rate)));
    }
  }

  bool refuse(Reply reply, Finding found) {
    decision_.reply = std::move(reply);
    decision_.findings.push_back(std::move(found));
    return false;
  }
  bool refuse(OtlpError error, Finding found) { return refuse(otlp_error(speech_, error), std::move(found)); }

  // Over gRPC the text was recorded; over HTTP it may be set. [snapshot: gRPC, HTTP protobuf]
  bool refuse_key(Finding found, int http_status = 401) {
    if (speech_.form == Speech::Form::grpc) return refuse(OtlpError::unknown_key, std::move(found));
    return refuse(otlp_error(speech_, http_status, state_.settings.unknown_key_message), std::move(found));
  }

  bool refuse_body(const BodyError& error, std::size_t limit) {
    if (error.reason == BodyError::Reason::no_json) return refuse_parse(error.detail, error.offset);
    Finding found = diagnose_body(error);
    if (speech_.form == Speech::Form::grpc) return refuse(grpc_body_error(error, limit), std::move(found));
    return refuse(OtlpError::unparsable, std::move(found));
  }

  // HTTP: without the detail [code: refinery]. gRPC: [guess: grpc-go and protobuf-go]
  bool refuse_parse(std::string detail, std::size_t offset) {
    if (const std::string_view coding = unknown_coding(request_); !coding.empty()) {
      return refuse(OtlpError::unparsable, about_coding(coding));
    }
    Finding found = finding(rule::body_unparsable, "body", std::move(detail));
    // What was decompressed stands at no place of the body.
    if (!body_.decompressed() && offset < request_.body.size()) {
      found.offset = offset;
      found.length = 1;
    }
    if (speech_.form == Speech::Form::grpc) return refuse(message_unparsable(), std::move(found));
    return refuse(OtlpError::unparsable, std::move(found));
  }

  Finding too_large(std::uint64_t limit) const {
    return finding(rule::body_too_large, "body", fmt::format("{} bytes; the limit is {}", request_.body.size(), limit));
  }

  Finding diagnose_body(const BodyError& error) const {
    switch (error.reason) {
      case BodyError::Reason::unsupported_coding:
        return about_coding(error.coding);
      case BodyError::Reason::too_large:
        return finding(rule::body_bomb, "body", fmt::format("{} bytes of {}", request_.body.size(), error.coding));
      case BodyError::Reason::unnamed_coding:
        return finding(rule::body_damaged, "body", "the message says that it is compressed, grpc-encoding does not");
      default:
        return finding(rule::body_damaged, "body", fmt::format("not whole, or not {}", error.coding));
    }
  }

  Finding about_coding(std::string_view coding) const {
    const bool deflate = equals_ignoring_case(coding, "deflate");
    return finding(deflate ? rule::encoding_deflate : rule::encoding_unsupported,
                   speech_.form == Speech::Form::grpc ? "header grpc-encoding" : "header content-encoding",
                   std::string(coding));
  }

  Finding about_key(std::string_view rule_id) const {
    return finding(rule_id, "header x-honeycomb-team", masked(key_.key));
  }

  const HoneycombState& state_;
  const Request& request_;
  std::optional<Signal> signal_;
  KeyHeader key_;
  const Account* account_;
  Address address_;
  Speech speech_;
  Body body_;
  Filing filing_;  // views into the body
  Decision decision_;
};

}  // namespace

Decision decide_otlp(const HoneycombState& state, const Request& request, Signal signal) {
  return Export(state, request, signal).decide();
}

Decision decide_profiles(const HoneycombState& state, const Request& request) {
  return Export(state, request, std::nullopt).decide();
}

}  // namespace understudy::honeycomb
