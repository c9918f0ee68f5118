#include "rollbar/grouping.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "rollbar/enumerations.h"
#include "rollbar/members.h"

namespace understudy::rollbar {

namespace {

using simdjson::dom::element;

constexpr std::size_t title_characters = 255;
constexpr std::size_t fingerprint_characters = 40;

std::uint64_t number_in(const element& frame, std::string_view name) {
  std::uint64_t number = 0;
  const MaybeElement value = member_of(frame, name);
  return value && value->get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

bool append_unwound(std::string& material, const element& frame, const Unwinder& unwinder) {
  const auto place =
      unwinder.place(text_of(member_of(frame, "filename")), number_in(frame, "lineno"), number_in(frame, "colno"));
  if (!place) return false;
  material += place->file;
  material += place->name.empty() ? text_of(member_of(frame, "method")) : std::string_view(place->name);
  return true;
}

// Frames and class of one trace, one after the other. Of a chain every trace counts. [guess]
void append_trace(std::string& material, const element& trace, std::string_view root, const Unwinder& unwinder) {
  const auto frames = member_of(trace, "frames");
  if (frames && frames->is_array()) {
    const simdjson::dom::array all_frames = frames->get_array().value_unsafe();
    for (const element frame : all_frames) {
      if (unwinder.has_maps() && append_unwound(material, frame, unwinder)) continue;
      material += without_release(text_of(member_of(frame, "filename")), root);
      material += without_numbers(text_of(member_of(frame, "method")));
    }
  }
  material += text_of(member_of(member_of(trace, "exception"), "class"));
}

std::string exception_title(const element& trace) {
  const auto exception = member_of(trace, "exception");
  const std::string_view name = text_of(member_of(exception, "class"));
  const std::string_view message = text_of(member_of(exception, "message"));
  return message.empty() ? std::string(name) : fmt::format("{}: {}", name, message);
}

struct Contents {
  std::string material;
  std::string title;
  bool is_exception = false;
};

Contents contents_of(const MaybeElement& body, std::string_view root, const Unwinder& unwinder) {
  Contents contents;
  if (const auto chain = member_of(body, "trace_chain"); chain && chain->is_array()) {
    contents.is_exception = true;
    const simdjson::dom::array traces = chain->get_array().value_unsafe();
    for (const element trace : traces) {
      if (contents.title.empty()) contents.title = exception_title(trace);  // of the outermost [guess]
      append_trace(contents.material, trace, root, unwinder);
    }
  } else if (const auto trace = member_of(body, "trace"); trace && trace->is_object()) {
    contents.is_exception = true;
    contents.title = exception_title(*trace);
    append_trace(contents.material, *trace, root, unwinder);
  } else if (const auto message = member_of(body, "message"); message && message->is_object()) {
    contents.title = text_of(member_of(message, "body"));
    contents.material = without_data(contents.title);
  } else {
    contents.is_exception = true;
    contents.title = text_of(member_of(member_of(body, "crash_report"), "raw"));
    contents.title = contents.title.substr(0, contents.title.find('\n'));
    contents.material = without_data(contents.title);
  }
  return contents;
}

}  // namespace

std::string sha1_hex(std::string_view text) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return to_hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

std::string cut_to(std::string_view text, std::size_t characters) {
  if (text.size() <= characters) return std::string(text);
  std::size_t end = 0, count = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && count++ == characters) break;
  }
  return std::string(text.substr(0, end));
}

std::string filed_fingerprint(std::string_view own) {
  return cut_to(own, fingerprint_characters).size() == own.size() ? std::string(own) : sha1_hex(own);
}

Grouping grouping_of(element data, const Unwinder& unwinder, bool ignores_own) {
  const MaybeElement root_of_data = data;
  const std::string_view root = text_of(member_of(member_of(root_of_data, "server"), "root"));
  const Contents contents = contents_of(member_of(root_of_data, "body"), root, unwinder);
  Grouping grouping;
  grouping.is_exception = contents.is_exception;
  const std::string_view own = text_of(member_of(root_of_data, "fingerprint"));
  grouping.fingerprint = own.empty() || ignores_own ? sha1_hex(contents.material) : filed_fingerprint(own);
  const std::string_view title = text_of(member_of(root_of_data, "title"));
  grouping.title = cut_to(title.empty() ? std::string_view(contents.title) : title, title_characters);
  // [docs: Create an item, level]
  grouping.level =
      level_of(text_of(member_of(root_of_data, "level"))).value_or(contents.is_exception ? error_level : info_level);
  return grouping;
}

}  // namespace understudy::rollbar
