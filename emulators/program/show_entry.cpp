#include "program/show_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/content_coding.h"
#include "program/table.h"
#include "program/views.h"

namespace understudy::program {

using nlohmann::ordered_json;

namespace {

std::string pretty(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string indented(std::string_view text) {
  std::string result;
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    result += "  ";
    result += line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    result += '\n';
  }
  return result;
}

std::string header_of(const ordered_json& entry, std::string_view name) {
  for (const auto& header : entry.value("headers", ordered_json::array())) {
    if (equals_ignoring_case(header.value("name", ""), name)) return header.value("value", "");
  }
  return "";
}

// The body as text, where it is text: without its content coding, JSON with indents.
std::string decoded(const std::string& body, const std::string& coding) {
  constexpr std::size_t most = 64 * 1024 * 1024;
  const auto plain = decode_content(coding, body, most);
  if (!plain || plain->empty()) return "";
  const auto json = ordered_json::parse(*plain, nullptr, false);
  if (json.is_structured()) return pretty(json);
  const bool text = std::none_of(plain->begin(), plain->end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || (c & 0x80) != 0;
  });
  return text && !coding.empty() ? *plain : "";  // uncompressed text is readable in the dump
}

std::string answered_text(const ordered_json& entry) {
  const auto answered = entry.find("answered");
  if (answered == entry.end() || !answered->is_boolean()) return "answer unknown";
  return answered->get<bool>() ? "answered" : entry.value("outcome", "not answered");
}

std::string title(const ordered_json& entry) {
  std::string text = fmt::format("entry {}  {}", entry.value("ordinal", std::uint64_t{0}), entry.value("kind", ""));
  for (const char* member : {"vendor", "door", "protocol", "control", "peer"}) {
    if (const std::string value = entry.value(member, ""); !value.empty())
      text += fmt::format("  {} {}", member, value);
  }
  text += fmt::format("  received {}\n", entry.value("received", ""));
  if (!entry.value("method", "").empty()) {
    const std::string operation = entry.value("operation", "");
    text += fmt::format("{} {}{}{}\n", entry.value("method", ""), entry.value("target", ""),
                        operation.empty() ? "" : " ", operation);
  }
  if (entry.contains("status") && entry["status"].is_number()) {
    text += fmt::format("-> {}, {}\n", entry["status"].get<int>(), answered_text(entry));
  }
  if (const std::string reason = entry.value("reason", ""); !reason.empty()) text += fmt::format("why: {}\n", reason);
  if (entry.contains("fault")) text += fmt::format("fault: {}\n", entry["fault"].dump());
  return text;
}

std::string findings_text(const ordered_json& entry) {
  std::string text;
  for (const auto& finding : entry.value("findings", ordered_json::array())) {
    text += fmt::format("  {}: {}\n    {}", finding.value("severity", "warning"), finding.value("id", ""),
                        finding.value("message", ""));
    if (const std::string detail = finding.value("detail", ""); !detail.empty())
      text += fmt::format(" ({})", one_line(detail));
    text += fmt::format("\n    at {}", finding.value("place", ""));
    if (finding.contains("bytes")) {
      text += fmt::format(", bytes {} to {}", finding["bytes"].value("offset", 0u),
                          finding["bytes"].value("offset", 0u) + finding["bytes"].value("length", 0u));
    }
    text += fmt::format("; the vendor {}\n", finding.value("disposition", ""));
    if (const std::string mend = finding.value("mend", ""); !mend.empty()) text += fmt::format("    {}\n", mend);
  }
  return text;
}

std::string reply_head(const ordered_json& entry) {
  if (!entry.contains("reply")) return "";
  const ordered_json& reply = entry["reply"];
  std::string text = fmt::format("status {}\n", reply.value("status", 0));
  if (reply.contains("grpc_status")) {
    text += fmt::format("grpc-status {} {}\n", reply["grpc_status"].get<int>(), reply.value("grpc_message", ""));
  }
  for (const auto& header : reply.value("headers", ordered_json::array())) {
    text += fmt::format("{}: {}\n", header.value("name", ""), header.value("value", ""));
  }
  return text;
}

Result<std::string> records_text(Source& source, const EntryId& id) {
  std::string text;
  Ask ask;
  if (id.entry > 0) ask.after = id.entry - 1;
  const auto done = for_each_record(source, ask, [&](recording::Record&& record) {
    if (record.entry != id.entry) return false;
    if (id.index && record.index != *id.index) return true;
    text += fmt::format("  {}  {}\n{}", recording::record_id(record), record.kind,
                        indented(indented(pretty(record.fields))));
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return text;
}

void add_part(std::string& text, std::string_view name, const std::string& content) {
  if (!content.empty()) text += fmt::format("\n{}\n{}", name, content);
}

}  // namespace

std::optional<EntryId> entry_id_from(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  const auto number = [](std::string_view digits, auto& value) {
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return !digits.empty() && read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  };
  EntryId id;
  if (parts.size() > 3) return std::nullopt;
  if (parts.size() > 1) id.session = parts[0];
  if (!number(parts[parts.size() == 1 ? 0 : 1], id.entry)) return std::nullopt;
  if (parts.size() == 3 && !number(parts[2], id.index.emplace())) return std::nullopt;
  return id;
}

Result<std::string> entry_text(Source& source, const EntryId& id, std::size_t bytes) {
  const auto entry = source.entry(id.entry);
  if (!entry) return std::unexpected(entry.error());
  std::string text = title(*entry);
  const std::size_t most = bytes == 0 ? SIZE_MAX : bytes;
  add_part(text, "findings", findings_text(*entry));
  add_part(text, "head", indented(entry->value("head", "")));
  if (entry->contains("text")) add_part(text, "content", indented(pretty((*entry)["text"])));
  const bool is_request = entry->contains("body_bytes");
  if (!is_request) return text;
  const auto records = records_text(source, id);
  if (!records) return std::unexpected(records.error());
  add_part(text, "records", *records);
  const auto body = source.part(id.entry, console::Part::body);
  if (!body) {
    add_part(text, "body", "  " + body.error().why + '\n');
  } else {
    // Records are the decoded body; without any (the vendor refused it) the body itself is shown decoded.
    const bool refused = records->empty();
    if (refused) add_part(text, "body, decoded", indented(decoded(*body, header_of(*entry, "content-encoding"))));
    add_part(text, fmt::format("body, {} bytes", body->size()), indented(hex_dump(*body, most)));
  }
  add_part(text, "reply", indented(reply_head(*entry)));
  if (const auto reply = source.part(id.entry, console::Part::reply); reply && !reply->empty()) {
    add_part(text, fmt::format("reply's body, {} bytes", reply->size()), indented(hex_dump(*reply, most)));
  }
  return text;
}

}  // namespace understudy::program
