#include "transport/output_queue.h"

#include <utility>

namespace understudy::transport {
namespace {

constexpr std::size_t large = 16 * 1024;  // from here on copying costs more than one more piece in writev
constexpr std::size_t kept_capacity = 64 * 1024;
constexpr std::size_t many = 256;  // used-up places at the front before they are erased

}  // namespace

void OutputQueue::append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!open_ || pieces_.back().size() > kept_capacity) {
    // The one empty string that taken() kept, or a new one.
    if (pieces_.empty() || waiting_ > 0) pieces_.emplace_back();
    open_ = true;
  }
  pieces_.back().append(bytes);
  waiting_ += bytes.size();
  appended_ += bytes.size();
}

void OutputQueue::append(std::string&& bytes) {
  if (bytes.size() < large) return append(std::string_view(bytes));
  waiting_ += bytes.size();
  appended_ += bytes.size();
  pieces_.push_back(std::move(bytes));
  open_ = false;
}

void OutputQueue::mark(std::uint64_t ordinal) { marks_.push_back({appended_, ordinal}); }

std::size_t OutputQueue::gather(std::span<iovec> to) const {
  std::size_t count = 0;
  std::size_t offset = offset_;
  for (std::size_t i = first_; i < pieces_.size() && count < to.size(); ++i) {
    const std::string& piece = pieces_[i];
    if (piece.size() > offset) to[count++] = {const_cast<char*>(piece.data()) + offset, piece.size() - offset};
    offset = 0;
  }
  return count;
}

void OutputQueue::taken(std::size_t count) {
  waiting_ -= count;
  taken_ += count;
  if (waiting_ == 0) {
    // One string is kept for the next reply, so that the usual small one needs no allocation.
    std::string kept;
    if (open_ && pieces_.back().capacity() <= 2 * kept_capacity) kept = std::move(pieces_.back());
    kept.clear();
    pieces_.clear();
    pieces_.push_back(std::move(kept));
    first_ = offset_ = 0;
    open_ = false;
    return;
  }
  while (count > 0) {
    const std::size_t left = pieces_[first_].size() - offset_;
    if (count < left) {
      offset_ += count;
      return;
    }
    count -= left;
    pieces_[first_++] = {};
    offset_ = 0;
  }
  if (first_ > many) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

bool OutputQueue::next_left(std::uint64_t& ordinal) {
  if (first_mark_ == marks_.size() || marks_[first_mark_].end > taken_) return false;
  return next_lost(ordinal);
}

bool OutputQueue::next_lost(std::uint64_t& ordinal) {
  if (first_mark_ == marks_.size()) return false;
  ordinal = marks_[first_mark_++].ordinal;
  if (first_mark_ == marks_.size()) {
    marks_.clear();
    first_mark_ = 0;
  } else if (first_mark_ > many) {
    marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(first_mark_));
    first_mark_ = 0;
  }
  return true;
}

}  // namespace understudy::transport
