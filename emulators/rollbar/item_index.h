// Items, occurrences and versions of a session: what the read operations look at. A view over the entries, folded in
// their order by the thread that answers reads; a pure function of the entries, as the proof of the journal needs it.
//
// Changes of items (PATCH item, DELETE instance) are folded from their own exchanges: they were answered over this
// index, so whether they were accepted stands in the reply.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "recording/vendor.h"
#include "rollbar/deploys.h"
#include "rollbar/source_maps.h"
#include "rollbar/texts.h"

namespace understudy::rollbar {

class Effect;

struct Occurrence {
  using Position = std::pair<std::uint64_t, std::uint32_t>;

  std::uint64_t ordinal = 0;  // of the entry that carried it
  std::uint32_t place = 0;    // there, in a batch
  std::uint32_t item = 0;     // index into items()
  std::int64_t second = 0;    // of its arrival
  bool is_system = false;     // what the service reports itself: a refused payload, a limit that was reached
  bool deleted = false;

  // Ids follow from the position; those of the others in a batch are of a range of their own.
  std::uint64_t id() const;
  Position position() const { return {ordinal, place}; }
  static Position position_of(std::uint64_t id);
};

struct Item {
  std::uint64_t id = 0;
  std::uint32_t counter = 0;  // from 1 in each project
  std::string project;
  std::string environment;
  std::string fingerprint;
  std::string title;
  int level = 0;
  int status = 1;
  int platform = 0;
  int framework = 0;
  std::uint64_t total_occurrences = 0;  // since it was resolved last [docs: RQL]
  std::int64_t first_second = 0;
  std::int64_t last_second = 0;
  std::int64_t activated_second = 0;
  std::uint64_t first_occurrence = 0;
  std::uint64_t last_occurrence = 0;
  std::uint64_t activating_occurrence = 0;
  std::optional<std::int64_t> resolved_second;
  std::optional<std::int64_t> muted_second;
  std::optional<std::string> resolved_in_version;
  bool title_locked = false;
  bool level_locked = false;
  std::optional<std::int64_t> assigned_user;
  std::optional<std::int64_t> assigned_team;
  std::optional<std::int64_t> snoozed_until;
  std::vector<std::uint32_t> occurrences;  // indexes into occurrences()
  std::vector<std::int64_t> activations;   // seconds: the first, and each reactivation
};

struct Version {
  enum Event : unsigned { is_new = 1, is_repeated = 2, is_reactivated = 4, is_resolved = 8 };

  // One item in this version.
  struct Part {
    unsigned events = 0;
    std::uint64_t occurrences = 0;
    std::uint32_t first = 0;  // indexes into occurrences(); of no meaning without any
    std::uint32_t last = 0;
  };

  std::uint64_t id = 0;
  std::string project;
  std::string environment;
  std::string text;
  std::int64_t created = 0;
  std::optional<std::uint32_t> first_occurrence;  // indexes into occurrences()
  std::optional<std::uint32_t> last_occurrence;
  std::string deployed_by;
  std::optional<std::int64_t> deployed;
  std::map<std::uint32_t, Part> items;  // by the index into items()
};

struct Environment {
  std::string project;
  std::string name;
};

class ItemIndex final : public recording::Index {
 public:
  // `most_outlines`: how many are kept to know occurrences again without reading all of them (outline.h).
  explicit ItemIndex(std::size_t most_outlines = 100'000) : most_outlines_(most_outlines) {}

  void add(const recording::Entry& entry) override;

  const std::vector<Item>& items() const { return items_; }
  const std::vector<Occurrence>& occurrences() const { return occurrences_; }  // in order of their positions
  const std::vector<Version>& versions() const { return versions_; }
  const std::vector<Environment>& environments() const { return environments_; }
  const SourceMaps& source_maps() const { return source_maps_; }

  // Of one project alone; null if there is none. The pointers live until the next add().
  const Item* item(std::string_view project, std::uint64_t id) const;
  const Item* item_by_counter(std::string_view project, std::uint64_t counter) const;
  const Occurrence* occurrence(std::string_view project, std::uint64_t id) const;
  // The entry that carried it.
  std::optional<std::uint64_t> replay(std::string_view project, std::string_view id) const;
  const Occurrence* occurrence_by_uuid(std::string_view project, std::string_view uuid) const;

 private:
  struct Stored;
  struct Arrival;
  // Where an occurrence goes.
  struct Filed {
    std::uint32_t item = 0;                     // index into items()
    std::optional<std::uint32_t> version = {};  // index into versions()
    Version::Part* in_version = nullptr;        // of the item in that version; a map's nodes stay where they are
  };

  void store(const recording::Entry& entry, const Effect& effect);
  void store(const recording::Entry& entry, const Stored& stored);
  bool store_known(const recording::Entry& entry, const Stored& stored);
  bool store_read(const recording::Entry& entry, const Stored& stored);
  void remember(const Filed& filed);
  void report(const recording::Entry& entry, const Effect& effect, const std::string& title, std::string environment);
  void report_refused(const recording::Entry& entry, const Effect& effect);
  void report_limit(const recording::Entry& entry, const Effect& effect);
  Filed arrive(const Arrival& arrival);
  void count(const Filed& filed, Occurrence arrived);
  std::size_t place_of(std::uint64_t id) const;  // in occurrences(); their number: there is none
  std::uint32_t item_for(const Arrival& arrival);
  bool reactivates(const Item& item, std::string_view version) const;
  void reactivate(Item& item, const Arrival& arrival);
  std::uint32_t version_for(std::string_view project, std::string_view environment, std::string_view text,
                            std::int64_t second);
  std::optional<std::size_t> version_of(std::string_view project, std::string_view environment,
                                        std::string_view text) const;
  void know_environment(std::string_view project, std::string_view name);
  void uploaded(const recording::Entry& entry, const Effect& effect);
  void deployed(const Effect& effect, std::int64_t second);
  void changed(const recording::Entry& entry);
  void change_item(Item& item, const recording::Entry& entry);

  std::vector<Item> items_;
  std::vector<Occurrence> occurrences_;
  std::vector<Version> versions_;
  std::vector<Environment> environments_;
  std::unordered_map<std::string, std::uint32_t> item_by_group_;               // project, environment, fingerprint
  std::unordered_map<std::string, std::uint32_t> by_version_;                  // project, environment, version
  std::map<std::string, Texts<std::uint32_t>, std::less<>> by_uuid_;           // project -> uuid -> occurrence
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> by_counter_;  // project -> items
  std::map<std::uint64_t, std::int64_t> limit_told_;                           // token -> start of the minute
  std::unordered_map<std::string, std::uint64_t> replays_;                     // project, id -> ordinal
  SourceMaps source_maps_;
  const std::size_t most_outlines_;
  std::unordered_map<std::uint64_t, Filed> filed_;  // by outline
  std::optional<std::uint64_t> outline_;            // of the occurrence that is being added; absent: it has none
};

// "resolved in 1.2" and an occurrence of 1.10: dotted numbers compare as numbers. Nothing where one is no such.
std::optional<int> compare_versions(std::string_view left, std::string_view right);

}  // namespace understudy::rollbar
