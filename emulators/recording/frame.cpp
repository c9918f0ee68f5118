#include "recording/frame.h"

#include <google/protobuf/io/coded_stream.h>
#include <libdeflate.h>

#include "base/bytes.h"
#include "base/padding.h"
#include "base/sha256.h"
#include "recording/entry.pb.h"
#include "recording/journal.h"

namespace understudy::recording {
namespace {

// A body is parsed where it lies in its frame, and may be the last part of it.
static_assert(frame_min_padding >= padding);

void set(std::string* field, std::string_view value) { field->assign(value.data(), value.size()); }

void encode_reply(const Reply& reply, bool read, journal::v1::Reply& message, std::string_view& kept) {
  message.set_status(reply.status);
  if (!reply.reason.empty()) message.set_reason(reply.reason);
  for (const auto& [name, value] : reply.headers) {
    auto* header = message.add_headers();
    set(header->mutable_name(), name);
    set(header->mutable_value(), value);
  }
  if (reply.grpc_status) message.set_grpc_status(*reply.grpc_status);
  if (!reply.grpc_message.empty()) message.set_grpc_message(reply.grpc_message);
  if (reply.close) message.set_close(true);
  if (reply.silent) message.set_silent(true);
  message.set_body_bytes(reply.body.size());
  if (read && reply.body.size() > Journal::read_reply_kept_bytes) {
    message.set_body_sha256(sha256(reply.body));
    kept = {};
  } else {
    kept = reply.body;
  }
}

void decode_reply(const journal::v1::Reply& message, std::string_view body, Reply& reply) {
  reply.status = message.status();
  reply.reason = message.reason();
  reply.headers.resize(static_cast<std::size_t>(message.headers_size()));
  for (std::size_t i = 0; i < reply.headers.size(); ++i) {
    reply.headers[i].first = message.headers(static_cast<int>(i)).name();
    reply.headers[i].second = message.headers(static_cast<int>(i)).value();
  }
  reply.grpc_status.reset();
  if (message.has_grpc_status()) reply.grpc_status = message.grpc_status();
  reply.grpc_message = message.grpc_message();
  reply.close = message.close();
  reply.silent = message.silent();
  reply.body = body;
}

// The reply beside it keeps the memory of its headers, as in encode_meta().
bool parse_meta(std::string_view meta, journal::v1::Entry& message, journal::v1::Reply& reply) {
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(meta.data()),
                                                static_cast<int>(meta.size()));
  message.Clear();
  reply.Clear();
  message.unsafe_arena_set_allocated_reply(&reply);
  const bool is_whole = message.MergeFromCodedStream(&stream) && stream.ConsumedEntireMessage();
  (void)message.unsafe_arena_release_reply();
  return is_whole;
}

// An empty message cannot be told from none there; these two kinds always have one.
bool has_reply(const journal::v1::Entry& message, const journal::v1::Reply& reply) {
  const auto kind = static_cast<EntryKind>(message.kind());
  return reply.status() != 0 || kind == EntryKind::exchange || kind == EntryKind::fragment;
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) {
  return libdeflate_crc32(crc, bytes.data(), bytes.size());
}

std::array<char, frame_header_bytes> encode(const FrameHeader& header) {
  std::array<char, frame_header_bytes> bytes{};
  store_little_endian(&bytes[0], frame_magic);
  store_little_endian(&bytes[4], header.meta_bytes);
  store_little_endian(&bytes[8], header.ordinal);
  store_little_endian(&bytes[16], header.body_bytes);
  store_little_endian(&bytes[20], header.reply_bytes);
  store_little_endian(&bytes[24], header.meta_crc);
  store_little_endian(&bytes[28], header.content_crc);
  store_little_endian(&bytes[36], crc32(0, {bytes.data(), 36}));
  return bytes;
}

std::expected<FrameHeader, std::string> decode_frame_header(std::string_view bytes) {
  if (bytes.size() < frame_header_bytes) return std::unexpected("the frame's header is cut");
  if (load_little_endian<std::uint32_t>(&bytes[0]) != frame_magic) {
    return std::unexpected("no frame begins here");
  }
  if (load_little_endian<std::uint32_t>(&bytes[36]) != crc32(0, bytes.substr(0, 36))) {
    return std::unexpected("the checksum of the frame's header differs");
  }
  FrameHeader header;
  header.meta_bytes = load_little_endian<std::uint32_t>(&bytes[4]);
  header.ordinal = load_little_endian<std::uint64_t>(&bytes[8]);
  header.body_bytes = load_little_endian<std::uint32_t>(&bytes[16]);
  header.reply_bytes = load_little_endian<std::uint32_t>(&bytes[20]);
  header.meta_crc = load_little_endian<std::uint32_t>(&bytes[24]);
  header.content_crc = load_little_endian<std::uint32_t>(&bytes[28]);
  if (header.meta_bytes >= frame_part_limit || header.body_bytes >= frame_part_limit ||
      header.reply_bytes >= frame_part_limit) {
    return std::unexpected("a length in the frame's header is not believable");
  }
  return header;
}

void encode_meta(const EntryFields& fields, std::string& meta, std::string_view& kept_reply) {
  static thread_local journal::v1::Entry message;  // keeps the capacity of its strings
  static thread_local journal::v1::Reply reply;    // beside it, because clearing a message frees the messages within
  message.Clear();
  message.set_kind(static_cast<std::uint32_t>(fields.kind));
  message.set_wall_ns(fields.moment.wall_ns);
  message.set_monotonic_ns(fields.moment.monotonic_ns);
  message.set_vendor_ns(fields.moment.vendor_ns);
  set(message.mutable_vendor(), fields.vendor);
  message.set_protocol(static_cast<std::uint32_t>(fields.protocol));
  set(message.mutable_door(), fields.door);
  set(message.mutable_peer(), fields.peer);
  set(message.mutable_head(), fields.head);
  message.set_grpc_compressed(fields.grpc_compressed);
  kept_reply = {};
  if (fields.reply != nullptr) {
    reply.Clear();
    encode_reply(*fields.reply, fields.read, reply, kept_reply);
    message.unsafe_arena_set_allocated_reply(&reply);
  }
  set(message.mutable_effect(), fields.effect);
  message.set_read(fields.read);
  message.set_read_number(fields.read_number);
  message.set_read_below(fields.read_below);
  if (fields.findings != nullptr) {
    for (const Finding& finding : *fields.findings) {
      auto* kept = message.add_findings();
      kept->set_id(finding.id);
      kept->set_place(finding.place);
      kept->set_detail(finding.detail);
      kept->set_offset(finding.offset);
      kept->set_length(finding.length);
    }
  }
  set(message.mutable_reason(), fields.reason);
  message.set_total_bytes(fields.total_bytes);
  set(message.mutable_fault(), fields.fault);
  set(message.mutable_control(), fields.control);
  set(message.mutable_text(), fields.text);
  if (fields.outcomes != nullptr) {
    auto* outcome = message.mutable_outcome();
    for (const OutcomeOf& of : *fields.outcomes) {
      outcome->add_ordinals(of.ordinal);
      outcome->add_outcomes(static_cast<std::uint32_t>(of.outcome));
    }
  }
  message.SerializeToString(&meta);
  if (fields.reply != nullptr) (void)message.unsafe_arena_release_reply();
}

std::expected<void, std::string> decode_frame(std::string_view frame, bool check, Entry& entry) {
  const auto header = decode_frame_header(frame);
  if (!header) return std::unexpected(header.error());
  if (frame.size() < header->content_end()) return std::unexpected("the frame is cut");
  const std::string_view meta = frame.substr(frame_header_bytes, header->meta_bytes);
  const std::string_view body = frame.substr(frame_header_bytes + header->meta_bytes, header->body_bytes);
  const std::string_view reply = frame.substr(header->content_end() - header->reply_bytes, header->reply_bytes);
  if (check && crc32(0, meta) != header->meta_crc) return std::unexpected("the checksum of the meta message differs");
  if (check && crc32(crc32(0, body), reply) != header->content_crc) {
    return std::unexpected("the checksum of the bodies differs");
  }
  static thread_local journal::v1::Entry message;
  static thread_local journal::v1::Reply reply_message;
  if (!parse_meta(meta, message, reply_message)) return std::unexpected("the meta message cannot be parsed");
  entry.ordinal = header->ordinal;
  entry.kind = static_cast<EntryKind>(message.kind());
  entry.moment = {message.wall_ns(), message.monotonic_ns(), message.vendor_ns()};
  entry.vendor = message.vendor();
  entry.protocol = static_cast<Protocol>(message.protocol());
  entry.door = message.door();
  entry.peer = message.peer();
  entry.head = message.head();
  entry.grpc_compressed = message.grpc_compressed();
  if (has_reply(message, reply_message)) {
    decode_reply(reply_message, reply, entry.reply);
    entry.reply_bytes = reply_message.body_bytes();
    entry.reply_hash = to_hex(reply_message.body_sha256());
  } else {
    entry.reply = {};
    entry.reply_bytes = 0;
    entry.reply_hash.clear();
  }
  entry.effect = message.effect();
  entry.read = message.read();
  entry.read_number = message.read_number();
  entry.read_below = message.read_below();
  entry.findings.clear();
  for (const auto& kept : message.findings()) {
    entry.findings.push_back({kept.id(), kept.place(), kept.detail(), kept.offset(), kept.length()});
  }
  entry.reason = message.reason();
  entry.total_bytes = message.total_bytes();
  entry.fault = message.fault();
  entry.control = message.control();
  entry.text = message.text();
  if (message.outcome().ordinals_size() != message.outcome().outcomes_size()) {
    return std::unexpected("the outcome lists differ in length");
  }
  entry.outcomes.clear();
  for (int i = 0; i < message.outcome().ordinals_size(); ++i) {
    entry.outcomes.push_back({message.outcome().ordinals(i), static_cast<Outcome>(message.outcome().outcomes(i))});
  }
  entry.body = body;
  entry.frame.reset();
  return {};
}

}  // namespace understudy::recording
