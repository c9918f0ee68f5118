// One call of an operation, and the ways to answer it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/reply.h"
#include "cloudwatch_logs/effect.pb.h"
#include "cloudwatch_logs/filter_pattern.h"
#include "cloudwatch_logs/findings.h"
#include "cloudwatch_logs/state.h"
#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

struct Call {
  const Groups& groups;    // of the caller's account and region
  const Objects& objects;  // likewise: what belongs to no group
  Place place;
  std::string_view body;  // without content coding, followed by at least 64 readable bytes
  const recording::Context& context;
  std::string_view operation = {};  // its name
  bool sequence_tokens_required = false;

  // The clock that windows and creation times go by.
  std::int64_t now_ms() const { return context.moment.vendor_ns / 1'000'000; }
};

using Operation = recording::Decision (*)(const Call&);
struct NamedOperation {
  std::string_view name;
  Operation operation;
};

// An effect on a group of the caller's place; fill in the change.
effect::Effect effect_on(const Call& call, std::string_view group, std::string_view stream = {});

// 200 without a body, as operations answer that return nothing.
recording::Decision done(const Call& call, const effect::Effect& effect);
recording::Decision answer(const Call& call, std::string body);  // of a read operation
recording::Decision refuse(const Call& call, const aws::Error& error, recording::Finding finding);

// The refusals that many operations share; texts are the real service's, some without a full stop [snapshot].
aws::Error invalid_parameter(std::string message);
aws::Error not_found(std::string message);
recording::Decision refuse_for_limit(const Call& call, std::string_view what, std::size_t most);
recording::Decision refuse_missing_group(const Call& call, std::string_view name);
recording::Decision refuse_missing_stream(const Call& call, std::string_view group, std::string_view stream);
recording::Decision refuse_next_token(const Call& call);
recording::Decision refuse_filter_pattern(const Call& call, const FilterPatternError& error);

}  // namespace understudy::cloudwatch_logs
