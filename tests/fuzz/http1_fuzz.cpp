// First byte: how the rest is cut into pieces. What the reader makes of the bytes must not depend on the cuts, and a
// request that it hands out must read back from its head as it was handed out.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "recording/request.h"
#include "transport/handler.h"
#include "transport/http1_reader.h"

namespace {

using understudy::recording::Request;
using understudy::transport::Http1Reader;

constexpr understudy::transport::Limits limits{.head_bytes = 2000, .body_bytes = 3000};

struct Outcome {
  std::vector<std::string> requests;
  bool refused = false;
  bool operator==(const Outcome&) const = default;
};

void require(bool holds) {
  if (!holds) std::abort();
}

std::string seen(Http1Reader& reader) {
  const Request& request = reader.request();
  require(request.head.size() <= limits.head_bytes && request.body.size() <= limits.body_bytes);
  volatile char last = 0;
  for (int i = 0; i < 64; ++i) last = request.body.data()[request.body.size() + static_cast<std::size_t>(i)];
  static_cast<void>(last);
  Request again;
  again.head = request.head;
  parse_head(again);
  require(again.method == request.method && again.target == request.target && !request.method.empty());
  require(again.headers.size() == request.headers.size());
  return std::string(request.head) + '\0' + std::string(request.body) + (reader.keep_alive() ? "k" : "c");
}

// Everything that can be taken now.
void take(Http1Reader& reader, Outcome& outcome) {
  for (;;) {
    switch (reader.next()) {
      case Http1Reader::Step::need_more:
        return;
      case Http1Reader::Step::send_continue:
        break;
      case Http1Reader::Step::request:
        outcome.requests.push_back(seen(reader));
        reader.consume();
        break;
      case Http1Reader::Step::refused:
        require(!reader.refusal().detail.empty() && reader.partial().body.size() <= 64 * 1024);
        outcome.refused = true;
        return;
    }
  }
}

Outcome run(std::string_view bytes, std::size_t piece) {
  Http1Reader reader(limits);
  Outcome outcome;
  while (!bytes.empty() && !outcome.refused) {
    const auto room = reader.room();
    const std::size_t size = std::min({piece, room.size(), bytes.size()});
    require(size > 0);
    std::memcpy(room.data(), bytes.data(), size);
    reader.commit(size);
    bytes.remove_prefix(size);
    take(reader, outcome);
  }
  if (!outcome.refused) static_cast<void>(reader.partial());
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = run(bytes, bytes.size());
  const Outcome cut = run(bytes, 1 + data[0] % 16);
  // Cut input may be refused later, when the rest of a line is there; it is never understood otherwise.
  require(cut.requests == whole.requests);
  return 0;
}
