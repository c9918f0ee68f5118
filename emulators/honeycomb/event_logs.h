// Log records as Honeycomb's events.
#pragma once

#include <cstdint>
#include <string_view>

#include "honeycomb/event_fields.h"
#include "honeycomb/event_levels.h"
#include "honeycomb/events.h"
#include "otlp/walker.h"

namespace understudy::honeycomb {

// There is one translator for logs, the classic one. One object a request. [code: husky otlp/logs.go]
class LogTranslator {
 public:
  explicit LogTranslator(const SeeEvent& see) : see_(see), levels_(Translator::classic) {}

  void translate(const otlp::ItemView& log, std::string_view dataset, std::uint32_t origin);

 private:
  struct Log;
  void put_body(std::string_view body);
  void take_rate();

  const SeeEvent& see_;
  Levels levels_;
  TextArena arena_;
  FieldSet fields_;
  Event event_;
};

}  // namespace understudy::honeycomb
