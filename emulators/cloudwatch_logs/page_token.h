// Tokens of paged answers. A token carries its position, so nothing is kept for it, and one that was not made here is
// told apart by its check digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy::cloudwatch_logs {

// `kind` keeps the tokens of different operations apart. Opaque to clients: letters and digits.
std::string make_page_token(char kind, std::string_view position);
// The position; nothing if the token is of another kind, damaged or foreign.
std::optional<std::string> read_page_token(char kind, std::string_view token);

// GetLogEvents' own form: "f/<56 digits>/s" forward, "b/<56 digits>/s" backward; older services wrote none of the
// closing "/s" [snapshot].
struct EventToken {
  bool forward;
  std::string_view position;
};
std::string make_event_token(bool forward, std::string_view position);
std::optional<EventToken> read_event_token(std::string_view token);

}  // namespace understudy::cloudwatch_logs
