// Expressions of calculated fields of any bytes: read or refused at a place within them, and what was read is worked
// out without harm, twice alike.
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/expression.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy::honeycomb;
  const auto expression = Expression::parse({reinterpret_cast<const char*>(data), size});
  if (!expression) {
    must(expression.error().offset <= size && !expression.error().detail.empty());
    return 0;
  }
  const Scalar values[] = {{}, true, std::int64_t{-7}, 1e300, std::string("Anna \xC3\xA9")};
  std::vector<Scalar> columns;
  for (const std::string& name : expression->columns()) columns.push_back(values[name.size() % std::size(values)]);
  const ExpressionRow row{columns, 1'544'712'660'250'000'000};
  must(expression->evaluate(row) == expression->evaluate(row));
  return 0;
}
