// What a session's CloudWatch Logs holds: groups, streams, and where their events stand in the journal.
//
// No event text is kept here. A batch is a range of the events of one journal entry; readers fetch the entry's body.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/accounts.h"
#include "cloudwatch_logs/quotas.h"
#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

namespace effect {
class Effect;
class PutLogEvents;
}  // namespace effect

// The accepted part of one PutLogEvents: events [first, end) of the entry, in chronological order, never empty.
struct Batch {
  std::uint64_t entry;
  std::uint32_t first;
  std::uint32_t end;
  std::int64_t first_timestamp_ms;
  std::int64_t last_timestamp_ms;
  std::int64_t ingestion_time_ms;
};

struct Stream {
  std::int64_t creation_time_ms = 0;
  std::string upload_sequence_token;  // empty: no PutLogEvents yet
  std::int64_t first_event_ms = 0;    // these three count only once there are batches
  std::int64_t last_event_ms = 0;
  std::int64_t last_ingestion_ms = 0;
  std::vector<Batch> batches;
};

using Tags = std::map<std::string, std::string, std::less<>>;

// What operations store and list again: metric filters, destinations, policies, deliveries ... One JSON text each, as
// it is listed, by kind ("metric_filter") and key.
using Objects = std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>>;

struct Group {
  std::int64_t creation_time_ms = 0;
  std::optional<int> retention_days;
  std::string kms_key_id;
  std::string log_group_class = "STANDARD";
  bool deletion_protection = false;
  std::optional<bool> bearer_token_authentication;  // nothing: it was never set
  Tags tags;
  Objects objects;
  std::map<std::string, Stream, std::less<>> streams;  // in ASCII order, as they are listed
};

using Groups = std::map<std::string, Group, std::less<>>;

// What one account has in one region.
struct Place {
  std::string account;
  std::string region;
  friend auto operator<=>(const Place&, const Place&) = default;
};

class LogsState final : public recording::State {
 public:
  const Groups& groups_of(const Place& place) const;
  const Objects& objects_of(const Place& place) const;
  const Rates& rates_of(const Place& place) const;
  void apply(const effect::Effect& effect, std::uint64_t ordinal);
  std::string dump() const;

  aws::Accounts accounts;
  Settings settings;

 private:
  struct Holdings {
    Groups groups;
    Objects objects;  // of the account
    Rates rates;
  };

  std::map<Place, Holdings> places_;
};

const Group* find_group(const Groups& groups, std::string_view name);
// The objects of a kind, in the order of their keys; and one of them, null if there is none.
const std::map<std::string, std::string, std::less<>>& objects_of_kind(const Objects& objects, std::string_view kind);
const std::string* find_object(const Objects& objects, std::string_view kind, std::string_view key);
const Stream* find_stream(const Group& group, std::string_view name);

}  // namespace understudy::cloudwatch_logs
