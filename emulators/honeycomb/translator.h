// Honeycomb's two programs that make events of OTLP traces. Which of them the hosted service runs is not public; the
// newer one is taken. [guess]
#pragma once

#include <cstdint>

namespace understudy::honeycomb {

enum class Translator : std::uint8_t {
  direct,   // bytes straight to events [code: husky otlp/traces_direct.go]
  classic,  // through structs and maps [code: husky otlp/traces.go, otlp/common.go]; logs have no other
};

}  // namespace understudy::honeycomb
