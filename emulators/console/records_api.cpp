// What was received, decoded: records, findings, waits, the stream.
#include <fmt/format.h>

#include <charconv>

#include "console/routes.h"
#include "session/findings.h"

namespace understudy::console {

using nlohmann::ordered_json;
using recording::Reply;
using recording::Severity;

namespace {

Severity least_severity(const Call& call) {
  const std::string given = call.text("severity");
  if (given.empty()) return Severity::info;
  for (const Severity severity : {Severity::info, Severity::warning, Severity::error}) {
    if (given == name_of(severity)) return severity;
  }
  throw Refused{400, {fmt::format("\"{}\" is no severity", given), "use info, warning or error"}};
}

// The record after "<session>/<entry>/<index>", which a browser sends when it connects again.
StreamStart start_after(const std::string& id) {
  const std::size_t last = id.rfind('/');
  const std::size_t before = last == std::string::npos || last == 0 ? std::string::npos : id.rfind('/', last - 1);
  StreamStart start;
  if (before != std::string::npos) {
    const char* end = id.data() + id.size();
    const auto entry = std::from_chars(id.data() + before + 1, id.data() + last, start.entry);
    const auto index = std::from_chars(id.data() + last + 1, end, start.index);
    if (entry.ec == std::errc() && entry.ptr == id.data() + last && index.ec == std::errc() && index.ptr == end) {
      ++start.index;
      return start;
    }
  }
  throw Refused{400, {fmt::format("Last-Event-ID \"{}\" is no record's id", id), "send \"<session>/<entry>/<index>\""}};
}

}  // namespace

void list_records(Call& call) {
  const std::uint64_t begin = call.first_entry(0);
  const std::uint64_t limit = call.limit();
  call.later([selection = call.selection(), begin, limit, capture = session::capture_of(call.session)] {
    const auto page = session::read_page(capture, selection, begin, capture.journal->size(), limit);
    if (!page) throw Refused{500, {page.error(), "the journal is damaged"}};
    ordered_json records = ordered_json::array();
    for (const recording::Record& record : page->records) records.push_back(recording::to_json(record));
    return json_reply(200, {{"records", std::move(records)}, {"next_after", page->next == 0 ? 0 : page->next - 1}});
  });
}

void list_findings(Call& call) {
  call.later([vendor = call.vendor(), least = least_severity(call), capture = session::capture_of(call.session)] {
    const auto findings = session::read_findings(capture, capture.journal->size(), vendor);
    if (!findings) throw Refused{500, {findings.error(), "the journal is damaged"}};
    ordered_json list = ordered_json::array();
    for (const session::FoldedFinding& finding : *findings) {
      if (finding.severity >= least) list.push_back(to_json(finding));
    }
    return json_reply(200, {{"findings", std::move(list)}});
  });
}

void stream(Call& call) {
  if (call.protocol != recording::Protocol::http1) {
    throw Refused{505, {"server-sent events are served over HTTP/1.1", "ask again with HTTP/1.1"}};
  }
  const session::Selection selection = call.selection();
  StreamStart start{call.first_entry(call.session->journal().size()), 0};
  if (!call.last_event_id.empty()) start = start_after(call.last_event_id);
  Reply head = text_reply("text/event-stream", "");
  if (auto opened = call.stream(std::move(head))) {
    call.house.streams.begin(call.session, selection, start, std::move(opened));
  }
}

void wait(Call& call) {
  const auto wanted = session::Wait::from_json(call.body, call.house.sessions.vendors());
  if (!wanted) throw Refused{400, wanted.error()};
  call.house.waits.begin(call.session, *wanted, [call](session::WaitResult&& result) {
    auto reply = std::make_shared<Reply>(guarded([&] { return json_reply(200, result.to_json()); }));
    call.house.query.to_io([call, reply] { call.reply(std::move(*reply)); });
  });
}

void sync(Call& call) {
  call.house.loop.drain([call] {
    call.house.sessions.settle();
    call.reply(200, {{"entry", call.session->journal().size() - 1}});
  });
}

void proof(Call& call) {
  call.session->settle();
  call.later([prove = call.session->prove(), session = call.session] {
    bool holds = true;
    ordered_json vendors = ordered_json::object();
    for (const session::VendorProof& proof : prove()) {
      holds = holds && proof.fold_equals_live && proof.differences.empty();
      vendors[proof.vendor] = {{"fold_equals_live", proof.fold_equals_live},
                               {"decided_again", proof.decided_again},
                               {"differences", proof.differences}};
    }
    return json_reply(200, {{"holds", holds}, {"vendors", std::move(vendors)}});
  });
}

}  // namespace understudy::console
