#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "contract/evidence.h"
#include "understudy/house.h"

namespace understudy::detail {

namespace fs = std::filesystem;

namespace {

// Its name is known before it is made: most tests pass, and leave nothing behind.
fs::path folder_for_captures(const Options& options) {
  fs::path parent = options.captures;
  const char* wanted = std::getenv("UNDERSTUDY_CAPTURES");
  if (parent.empty() && wanted != nullptr) parent = wanted;
  std::error_code ignored;
  if (parent.empty()) parent = fs::temp_directory_path(ignored);
  std::random_device random;
  return parent / fmt::format("understudy-{}-{:08x}", getpid(), random());
}

}  // namespace

Source::Source(std::vector<std::unique_ptr<recording::Vendor>> vendors, const Options& options)
    : owned_(std::move(vendors)), journal_(options.journal), captures_(folder_for_captures(options)) {
  for (const auto& vendor : owned_) vendors_.push_back(vendor.get());
}

Source::~Source() {
  const auto failed = failed_.load();
  if (!told_ || session_ == nullptr || (failed != nullptr && !failed())) return;
  (void)session_->journal().save(captures_ / session_->name());  // there is nobody left to tell
}

session::Capture Source::capture() const {
  return {session_, &session_->journal(), &vendors_, session_->name(), session_->start()};
}

std::string Source::show(std::string_view id, bool (*failed)()) const {
  if (!journal_.empty()) return contract::show_command(id, "--journal " + journal_);
  // Once it is to be saved whatever a test framework says, it stays so.
  if (!told_.exchange(true) || failed == nullptr) failed_ = failed;
  return contract::show_command(id, "--journal " + captures_.string());
}

const contract::Traces& Source::traces(std::unique_lock<std::mutex>& lock) const {
  lock = std::unique_lock(mutex_);
  const session::Capture of = capture();
  if (traces_start_ != of.start) traces_ = {};
  traces_start_ = of.start;
  traces_next_ = std::max(traces_next_, of.start);
  for (const std::uint64_t end = of.journal->size(); traces_next_ < end; ++traces_next_) {
    const auto read = session::read_records(of, traces_next_, "", [this](recording::Record&& record, const auto&) {
      traces_.add(std::make_shared<const recording::Record>(std::move(record)));
    });
    if (!read) break;  // a journal that cannot be read any more has no parents
  }
  return traces_;
}

}  // namespace understudy::detail
