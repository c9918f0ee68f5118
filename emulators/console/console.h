// The control API (/v1) on a port of its own.
#pragma once

#include <memory>

#include "session/sessions.h"
#include "transport/handler.h"

namespace understudy::console {

class Console final : public transport::Handler {
 public:
  explicit Console(session::Sessions& sessions);
  ~Console() override;

  void request(const recording::Request& request, std::shared_ptr<transport::Responder> responder) override;
  recording::Reply fragment(const recording::Request& partial, std::uint64_t total_bytes,
                            const recording::Refusal& refusal) override;
  void left(std::uint64_t ordinal, recording::Outcome outcome) override;
  void datagrams(std::string_view door, std::span<const transport::Datagram> batch, std::uint64_t dropped) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::console
