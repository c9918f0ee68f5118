// Replies that go on after their exchange was recorded: event streams. What a vendor has beside Vendor if it has any.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "recording/vendor.h"

namespace understudy::recording {

// What such a reply goes on with: pieces made of the entries that come after it. Away from the io thread, one call at
// a time; must not throw.
class Continuation {
 public:
  virtual ~Continuation() = default;
  // How long a piece is waited for; the first one, too.
  virtual std::chrono::milliseconds period() const = 0;
  // Every exchange of the vendor after the one that began it, in order, each once.
  virtual void add(const Entry& entry) = 0;
  struct Piece {
    std::string bytes{};
    bool last = false;  // the reply is complete with it
  };
  virtual Piece piece(const Moment& moment) = 0;
};

// A vendor with such replies is a Vendor and a Continuing.
class Continuing {
 public:
  virtual ~Continuing() = default;
  // What goes on after the reply that was decided for this request, on the same state; null: the reply is whole. The
  // reply is how it begins, and all of it that is recorded. Over gRPC each piece is a message.
  virtual std::shared_ptr<Continuation> continuation(const State& state, const Request& request,
                                                     const Decision& decision, const Context& context) const = 0;
};

}  // namespace understudy::recording
