// Honeycomb's API keys: what a string in x-honeycomb-team is, told from its shape alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::honeycomb {

enum class KeyKind : std::uint8_t {
  ingest,                 // hc?ik_ + 26 of id + 32 of secret
  classic_ingest,         // hc?ic_ + 58
  configuration,          // 20 to 23 letters and digits: the secret alone
  classic_configuration,  // 32 hex digits
  ingest_id,              // the 32 characters of an ingest key's id, without its secret
  configuration_id,       // hc?lk_ + 26: names a configuration key, does not open anything
  management,             // hc?mk_: never in x-honeycomb-team, only as a bearer of /2/*
  other_id,               // hc?en_ environment, hcxtm_ team, hcxus_ user
  unknown,
};

std::string_view name_of(KeyKind kind);
std::optional<KeyKind> key_kind_of(std::string_view name);

// [code: husky otlp/common.go, refinery's test for a key] [docs: API keys]
KeyKind classify(std::string_view key);

// Whether Honeycomb could know such a string as a key that sends: one of the first four kinds.
bool is_sending(KeyKind kind);
// Whether data of the key goes to datasets named by x-honeycomb-dataset instead of environments and services.
bool is_classic(KeyKind kind);
inline bool is_ingest(KeyKind kind) { return kind == KeyKind::ingest || kind == KeyKind::classic_ingest; }

// What may be shown of a key: its first characters and its length. "abcd...(22 characters)"
std::string masked(std::string_view key);

// The first character that stands in no key, if there is one.
struct OddByte {
  std::size_t offset;
  unsigned char byte;
};
std::optional<OddByte> odd_byte(std::string_view key);

// What /1/auth calls the key: an ingest key's first 32 characters, else 12 characters of the real alphabet that are
// worked out from the key and do not tell it.
std::string key_id(std::string_view key);

}  // namespace understudy::honeycomb
