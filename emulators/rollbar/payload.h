// The JSON of an item request, however it is wrapped, and the access token that counts.
// Includes simdjson: for .cpp files only.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "recording/request.h"

namespace understudy::rollbar {

struct Payload {
  simdjson::dom::element root;
  std::string_view json;  // the text of it
  bool in_body = true;    // `json` is the body itself, so its offsets are the body's
};

// The content type does not count: rollbar-gem and rollbar-php send JSON as a form. The first byte tells them apart.
// [code] A form holds the JSON in its field "payload". [docs: Create an item]
// A body with Content-Encoding: gzip is unpacked. [code: rollbar-java 2.3.0, whose SyncSender compresses unless it is
// told not to] The payload lives until the reader reads again; `storage` holds the text of a form's field or what was
// unpacked.
std::expected<Payload, JsonError> read_payload(const recording::Request& request, JsonReader& reader,
                                               std::string& storage);

// The items of a batch are those of its list; a single one is its own.
std::vector<simdjson::dom::element> items_of(const simdjson::dom::element& root);
// `data` of the item at that place; nothing where there is none.
std::optional<simdjson::dom::element> data_of(const Payload& payload, std::size_t place = 0);

struct FoundToken {
  std::string text;        // empty: there is none anywhere
  std::string_view place;  // "header x-rollbar-access-token", "access_token", "query", "form"
  bool differs_from_body = false;
};

// Header before body before query and form. [code: rollbar-gem lib/rollbar/notifier.rb] `payload` may be null. Of a
// batch the first item's counts. [code: rollbar-php before 1.0]
FoundToken find_token(const recording::Request& request, const Payload* payload);

}  // namespace understudy::rollbar
