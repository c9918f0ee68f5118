// Which occurrences fall together, and what their item is called.
//
// The documented default of the service [docs: Grouping Algorithm]: of an exception the file and method of every frame
// and the class, without line numbers; of a message its text without what looks like data. A fingerprint of the payload
// overrides both. The service asks patterns that it learned first, and ignores frames of frameworks; neither is
// published, so neither is here. The hashes are therefore ours: which occurrences share one is what counts.
// Includes simdjson: for .cpp files only.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "rollbar/source_maps.h"

namespace understudy::rollbar {

struct Grouping {
  std::string fingerprint;  // 40 digits, or the payload's own of at most 40 characters
  std::string title;        // at most 255 characters
  int level = 0;
  bool is_exception = false;
};

// `data` of a payload that the schema accepted. Frames that a source map covers count with their source's names.
// `ignores_own`: the payload's fingerprint does not count.
Grouping grouping_of(simdjson::dom::element data, const Unwinder& unwinder = {}, bool ignores_own = false);
// A fingerprint as it is filed: one of more than 40 characters is hashed. [docs: Create an item, fingerprint]
std::string filed_fingerprint(std::string_view own);

// Without dates, e-mail addresses, IP addresses, decimals, integers of two digits and more, and hexadecimal numbers of
// four and more; codes of errors and of HTTP stay. [docs: Grouping Algorithm] What exactly counts as one is ours
// [guess].
std::string without_data(std::string_view message);
// A file without dates and commit ids, so that release folders do not matter; the server's root is a constant. [docs]
std::string without_release(std::string_view file, std::string_view root);
// A method without integers of two digits and more, as template engines and compilers append them. [docs]
std::string without_numbers(std::string_view method);

std::string sha1_hex(std::string_view text);
// At most that many characters, never half of one.
std::string cut_to(std::string_view text, std::size_t characters);

}  // namespace understudy::rollbar
