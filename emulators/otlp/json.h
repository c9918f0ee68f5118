// OTLP/JSON: read into protobuf at the door, so that everything further on knows one form, and written for export.
// Pure functions; any thread may call them.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "otlp/signal.h"
#include "otlp/walker.h"

namespace understudy::otlp {

// Reads an Export request in JSON. What it returns is accepted by `validate`. An error names the byte, and the path
// where the text is JSON but no request: "resourceSpans[0].scopeSpans[0].spans[3].kind".
//
// Taken as SDKs and the readers of vendors have it [docs: OTLP specification, JSON Protobuf Encoding] [code: husky,
// protobuf-go's protojson]:
//   names         lowerCamelCase and snake_case; an unknown name is ignored, whatever it holds
//   null          absent
//   trace and     hex in any case; what is no hex is read as base64, which a stock protobuf library writes
//   span ids
//   integers      numbers or decimal strings, whole numbers written as fractions or with exponents too (JS exporters
//                 write times as numbers above 2^53)
//   doubles       numbers, decimal strings, "NaN", "Infinity", "-Infinity"
//   bytes         base64 in the standard or the URL alphabet, with or without padding
//   enumerations  the number or the name; an unknown name is 0, an unknown number stays
// Refused: zero bytes (an empty request is "{}"), a byte order mark, half a surrogate pair, a number beyond a double, a
// value of another type or out of its type's range, messages nested deeper than protobuf allows. A name that stands
// twice counts twice, as if the fields came twice on the wire.
//
// With `camel_case` names are lowerCamelCase alone, as the specification has them.
struct CamelCaseAlone {
  std::string ignored;  // where the first name in snake_case stood; empty: there was none
};
std::expected<std::string, WireError> json_to_protobuf(Signal signal, std::string_view body,
                                                       CamelCaseAlone* camel_case = nullptr);

// Writes an Export request as OTLP/JSON: ids as hex, enumerations as numbers, 64-bit integers as strings.
std::expected<std::string, WireError> protobuf_to_json(Signal signal, std::string_view body);

}  // namespace understudy::otlp
