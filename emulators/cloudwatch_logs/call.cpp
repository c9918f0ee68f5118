#include "cloudwatch_logs/call.h"

#include <fmt/format.h>

namespace understudy::cloudwatch_logs {

effect::Effect effect_on(const Call& call, std::string_view group, std::string_view stream) {
  effect::Effect effect;
  effect.set_account(call.place.account);
  effect.set_region(call.place.region);
  effect.set_log_group(std::string(group));
  if (!stream.empty()) effect.set_log_stream(std::string(stream));
  effect.set_time_ms(call.now_ms());
  return effect;
}

recording::Decision done(const Call& call, const effect::Effect& effect) {
  recording::Decision decision;
  decision.reply = aws::json_reply("", call.context.entropy);
  decision.effect = effect.SerializeAsString();
  return decision;
}

recording::Decision answer(const Call& call, std::string body) {
  recording::Decision decision;
  decision.reply = aws::json_reply(std::move(body), call.context.entropy);
  decision.read = true;
  return decision;
}

recording::Decision refuse(const Call& call, const aws::Error& error, recording::Finding finding) {
  recording::Decision decision;
  decision.reply = aws::json_error(error, call.context.entropy);
  decision.findings.push_back(std::move(finding));
  return decision;
}

aws::Error invalid_parameter(std::string message) { return {"InvalidParameterException", std::move(message), 400, {}}; }

aws::Error not_found(std::string message) { return {"ResourceNotFoundException", std::move(message), 400, {}}; }

recording::Decision refuse_for_limit(const Call& call, std::string_view what, std::size_t most) {
  return refuse(call, {"LimitExceededException", "Resource limit exceeded.", 400, {}},
                finding("quota.resources", std::string(what), fmt::format("at most {}", most)));
}

recording::Decision refuse_missing_group(const Call& call, std::string_view name) {
  return refuse(call, {"ResourceNotFoundException", "The specified log group does not exist.", 400, {}},
                finding("group.missing", "logGroupName",
                        fmt::format("'{}' in account {}, region {}", name, call.place.account, call.place.region)));
}

recording::Decision refuse_missing_stream(const Call& call, std::string_view group, std::string_view stream) {
  return refuse(call, {"ResourceNotFoundException", "The specified log stream does not exist.", 400, {}},
                finding("stream.missing", "logStreamName", fmt::format("'{}' of group '{}'", stream, group)));
}

recording::Decision refuse_next_token(const Call& call) {
  return refuse(call, invalid_parameter("The specified nextToken is invalid."),
                finding("input.next-token", "nextToken", ""));
}

recording::Decision refuse_filter_pattern(const Call& call, const FilterPatternError& error) {
  return refuse(
      call, invalid_parameter(error.message),
      finding("filter-pattern.invalid", "filterPattern", fmt::format("at byte {}: {}", error.offset, error.reason)));
}

}  // namespace understudy::cloudwatch_logs
