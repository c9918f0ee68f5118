// An entry of the journal as JSON: what /v1/entries and the program show.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "recording/journal.h"
#include "session/views.h"

namespace understudy::console {

// Whether keys and tokens are shown as they are.
enum class Secrets { masked, shown };

// One line of a list of entries.
nlohmann::ordered_json summary_of(const recording::Entry& entry, const recording::Row& row, Secrets secrets);
// The line and all else but the bytes of the body and the reply.
nlohmann::ordered_json details_of(const recording::Entry& entry, const recording::Row& row,
                                  const session::Vendors& vendors, Secrets secrets);

// Raw parts of an entry. Masks have the length of what they hide; nothing is changed where there is nothing to hide.
enum class Part { head, body, reply };
struct RawPart {
  std::string bytes;
  bool masked = false;   // something was hidden
  bool refused = false;  // it is compressed and holds a secret, so it cannot be shown masked
};
RawPart raw_part(const recording::Entry& entry, Part part, Secrets secrets);

}  // namespace understudy::console
