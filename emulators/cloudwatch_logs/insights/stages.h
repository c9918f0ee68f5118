// The commands of a query at work: each takes rows and hands rows on.
#pragma once

#include <cstdint>
#include <memory>

#include "cloudwatch_logs/insights/query.h"
#include "cloudwatch_logs/insights/row.h"

namespace understudy::cloudwatch_logs::insights {

class Stage {
 public:
  virtual ~Stage() = default;
  virtual void push(Row&& row) = 0;
  virtual void end() = 0;  // no row follows; passed on to the next stage
};

// The command and `next` outlive the stage.
std::unique_ptr<Stage> make_stage(const Command& command, const SlotSources& sources, Stage& next);
std::unique_ptr<Stage> make_counter(std::uint64_t& count, Stage& next);

// Whether a row leaves the command before the next one comes.
bool is_streaming(const Command& command);

}  // namespace understudy::cloudwatch_logs::insights
