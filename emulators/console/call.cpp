#include "console/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/json.h"
#include "recording/filter.h"

namespace understudy::console {

using nlohmann::json;
using nlohmann::ordered_json;
using recording::Reply;

Reply text_reply(std::string_view content_type, std::string text) {
  Reply reply;
  reply.headers = {{"Content-Type", std::string(content_type)}, {"Cache-Control", "no-store"}};
  reply.body = std::move(text);
  return reply;
}

Reply json_reply(int status, const ordered_json& body) {
  // Bytes that are not UTF-8 come from what clients sent; they are replaced, never a failure.
  Reply reply =
      text_reply("application/json", body.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n');
  reply.status = status;
  return reply;
}

Reply error_reply(const Refused& refused) {
  ordered_json body = {{"error", refused.why.error}};
  if (!refused.why.mend.empty()) body["mend"] = refused.why.mend;
  Reply reply = json_reply(refused.status, body);
  reply.headers.insert(reply.headers.end(), refused.headers.begin(), refused.headers.end());
  return reply;
}

Reply guarded(const std::function<Reply()>& work) {
  try {
    return work();
  } catch (const Refused& refused) {
    return error_reply(refused);
  } catch (const std::exception& error) {
    return error_reply({500, {fmt::format("this should not happen: {}", error.what()), "please report it"}});
  }
}

json read_json(std::string_view text, std::string_view what) {
  JsonReader reader;
  JsonOptions options;
  options.max_depth = 64;
  const auto read = reader.read(text, options);
  if (!read) throw Refused{400, {fmt::format("{} is not JSON", what), read.error().text()}};
  return json(to_ordered_json(*read));
}

bool is_whole_number(const json& value) {
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
}

std::string Call::text(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) { return p.first == name; });
  return found == parameters.end() ? "" : found->second;
}

std::optional<std::uint64_t> Call::number(std::string_view name) const {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  const bool fits = value <= static_cast<std::uint64_t>(INT64_MAX);
  if (error == std::errc() && end == given.data() + given.size() && fits) return value;
  throw Refused{400,
                {fmt::format("{}={} is no whole number from 0 on", name, given), fmt::format("write {}=100", name)}};
}

std::uint64_t Call::limit() const {
  constexpr std::uint64_t usual = 1000, most = 100'000;
  const std::uint64_t value = number("limit").value_or(usual);
  if (value <= most && value > 0) return value;
  throw Refused{400, {fmt::format("limit={} is out of range", value), fmt::format("use 1 to {}", most)}};
}

std::uint64_t Call::first_entry(std::uint64_t otherwise) const {
  const auto after = number("after");
  return after ? *after + 1 : otherwise;
}

bool Call::flag(std::string_view name) const {
  const std::string given = text(name);
  if (given.empty() || given == "0" || given == "false") return false;
  if (given == "1" || given == "true") return true;
  throw Refused{400, {fmt::format("{}={} is neither yes nor no", name, given), fmt::format("write {}=1", name)}};
}

std::string Call::vendor() const {
  std::string wanted = text("vendor");
  if (wanted.empty()) return wanted;
  std::vector<std::string_view> names;
  for (const recording::Vendor* vendor : house.sessions.vendors()) names.push_back(vendor->name());
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return wanted;
  throw Refused{400,
                {fmt::format("\"{}\" is no vendor", wanted), fmt::format("use one of {}", fmt::join(names, ", "))}};
}

session::Selection Call::selection() const {
  session::Selection selection{vendor(), text("kind"), {}};
  std::vector<recording::Condition> conditions;
  for (const auto& [name, value] : parameters) {
    if (name != "where" || value.empty()) continue;
    if (value.starts_with('[')) {
      const auto filter = recording::Filter::from_json(read_json(value, "where"));
      if (!filter) throw Refused{400, filter.error()};
      conditions.insert(conditions.end(), filter->conditions().begin(), filter->conditions().end());
    } else {
      auto condition = recording::Filter::condition_from_text(value);
      if (!condition) throw Refused{400, condition.error()};
      conditions.push_back(std::move(*condition));
    }
  }
  selection.where = recording::Filter(std::move(conditions));
  return selection;
}

void Call::reply(Reply&& reply) const {
  transport::Outgoing out;
  out.reply = std::move(reply);
  responder_->reply(std::move(out));
}

void Call::later(std::function<Reply()> work) const {
  house.query.post([call = *this, work = std::move(work)] {
    auto reply = std::make_shared<Reply>(guarded(work));
    call.house.query.to_io([call, reply] { call.reply(std::move(*reply)); });
  });
}

std::shared_ptr<transport::Stream> Call::stream(Reply&& head) const {
  return responder_->stream({.reply = std::move(head)});
}

}  // namespace understudy::console
