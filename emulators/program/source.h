// Where a command reads what was recorded: a running server over its control API, or a journal on disk.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "console/entry_json.h"
#include "recording/filter.h"
#include "recording/record.h"

namespace understudy::program {

// Why a command cannot go on; one line that names the thing and the mend.
struct Failure {
  std::string why;
};
template <typename Value>
using Result = std::expected<Value, Failure>;

struct Ask {
  std::string vendor;              // empty: any
  std::vector<std::string> kinds;  // empty: any
  recording::Filter where;
  std::optional<std::uint64_t> after;  // entries after this one
  std::size_t limit = 1000;            // a page ends once it holds this many
};

template <typename Item>
struct PageOf {
  std::vector<Item> items;
  std::uint64_t next_after = 0;
  bool last = false;
};

class Source {
 public:
  virtual ~Source() = default;

  virtual Result<PageOf<recording::Record>> records(const Ask& ask) = 0;
  virtual Result<PageOf<nlohmann::ordered_json>> exchanges(const Ask& ask) = 0;  // entries that are requests
  virtual Result<nlohmann::ordered_json> entry(std::uint64_t ordinal) = 0;
  virtual Result<std::string> part(std::uint64_t ordinal, console::Part part) = 0;
  virtual Result<std::vector<nlohmann::ordered_json>> findings(const std::string& vendor) = 0;
  // Calls `see` with each record that is recorded from now on, until the source ends or `see` says false.
  virtual Result<void> follow(const Ask& ask, const std::function<bool(const recording::Record&)>& see) = 0;
};

struct SourceOptions {
  std::string url;      // empty: $UNDERSTUDY_URL, else http://127.0.0.1:4700
  std::string journal;  // empty: over HTTP
  std::string session = "default";
  bool show_secrets = false;
};

std::string url_of(const SourceOptions& options);
Result<std::unique_ptr<Source>> open_source(const SourceOptions& options);
std::unique_ptr<Source> open_url(const SourceOptions& options);
Result<std::unique_ptr<Source>> open_journal(const SourceOptions& options);

// The sessions that a running server has: GET /v1/sessions.
Result<nlohmann::ordered_json> fetch_sessions(const std::string& url, bool fast_flush);
// GET /v1/health, green or red.
Result<nlohmann::ordered_json> fetch_health(const std::string& url, const std::string& session);

// All pages; `see` gets each item and says whether to go on.
Result<void> for_each_record(Source& source, Ask ask, const std::function<bool(recording::Record&&)>& see);
Result<void> for_each_exchange(Source& source, Ask ask, const std::function<bool(nlohmann::ordered_json&&)>& see);

}  // namespace understudy::program
