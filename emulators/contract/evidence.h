// What a contract is judged by: the records and findings of a capture, wherever it lies.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/record.h"
#include "session/findings.h"
#include "session/reader.h"

namespace understudy::contract {

class Evidence {
 public:
  using See = std::function<void(recording::Record&&)>;

  virtual ~Evidence() = default;
  // Every record of the vendor and kind (empty: any), in the order in which they came. The same records each time.
  virtual std::expected<void, std::string> records(std::string_view vendor, std::string_view kind,
                                                   const See& see) const = 0;
  virtual std::expected<std::vector<session::FoldedFinding>, std::string> findings() const = 0;
  // The command that shows the raw bytes of a record or an entry.
  virtual std::string show(std::string_view id) const = 0;
};

// A session's journal, live or opened for reading, up to what was published when this was made.
class CaptureEvidence final : public Evidence {
 public:
  // `option` says to the program where the capture is: "--journal captures", "--url http://127.0.0.1:4700".
  CaptureEvidence(session::Capture capture, std::string option)
      : capture_(std::move(capture)), option_(std::move(option)), end_(capture_.journal->size()) {}

  std::expected<void, std::string> records(std::string_view vendor, std::string_view kind,
                                           const See& see) const override;
  std::expected<std::vector<session::FoldedFinding>, std::string> findings() const override;
  std::string show(std::string_view id) const override;

 private:
  session::Capture capture_;
  std::string option_;
  std::uint64_t end_;
};

// "understudy show default/7/0 --journal captures"
std::string show_command(std::string_view id, std::string_view option);

}  // namespace understudy::contract
