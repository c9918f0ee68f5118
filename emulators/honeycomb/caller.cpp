#include "honeycomb/caller.h"

#include "honeycomb/keys.h"

namespace understudy::honeycomb {

KeyHeader key_of(const recording::Request& request) {
  if (const auto key = request.header("x-honeycomb-team"); key && !key->empty()) return {*key, false};
  if (const auto key = request.header("x-hny-team"); key && !key->empty()) return {*key, true};
  // Firehose cannot name its headers itself. [docs: Amazon Data Firehose, HTTP endpoint delivery]
  if (request.path().starts_with("/1/kinesis_events/"))
    return {request.header("x-amz-firehose-access-key").value_or("")};
  return {};
}

Address address_of(const recording::Request& request, Translator translator) {
  return {is_classic(classify(key_of(request).key)), request.header("x-honeycomb-dataset").value_or(""), translator};
}

}  // namespace understudy::honeycomb
