#!/usr/bin/env python3
"""Reads a journal by docs/journal.md alone, with Python's standard library.

    journal_reader.py DIR/SESSION       one JSON line an entry: ordinal, kind, vendor, head, body and reply lengths
Exits with 1 and a message where the bytes are not as the document says.
"""
import json
import pathlib
import struct
import sys
import zlib

KINDS = {1: "exchange", 2: "fragment", 3: "control", 4: "outcome", 5: "drops", 6: "driven", 7: "checkpoint"}
SEGMENT_HEADER = 64
FRAME_HEADER = 40


class Damaged(Exception):
    pass


def check(condition, where, what):
    if not condition:
        raise Damaged(f"{where}: {what}")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(message):
    """Yields (field number, value) of a protobuf message."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == 0:
            value, at = varint(message, at)
        elif wire_type == 1:
            value, at = struct.unpack_from("<q", message, at)[0], at + 8
        elif wire_type == 2:
            length, at = varint(message, at)
            value, at = message[at : at + length], at + length
        elif wire_type == 5:
            value, at = struct.unpack_from("<i", message, at)[0], at + 4
        else:
            raise Damaged(f"wire type {wire_type}")
        yield number, value


def entry(ordinal, meta, body, reply):
    told = {"ordinal": ordinal, "kind": "?", "vendor": "", "head": "", "text": "", "control": "", "status": None,
            "findings": [], "effect_bytes": 0, "body_bytes": len(body), "reply_bytes": len(reply), "outcomes": []}
    for number, value in fields(meta):
        if number == 1:
            told["kind"] = KINDS[value]
        elif number in (5, 9, 18, 19):
            told[{5: "vendor", 9: "head", 18: "control", 19: "text"}[number]] = value.decode("utf-8", "replace")
        elif number == 2:
            told["wall_ns"] = value
        elif number == 11:
            told["status"] = next((v for n, v in fields(value) if n == 1), 0)
        elif number == 12:
            told["effect_bytes"] = len(value)
        elif number == 14:
            told["findings"].append(next(v for n, v in fields(value) if n == 1).decode())
        elif number == 20:
            for outcome_number, packed in fields(value):
                if outcome_number == 1:
                    at = 0
                    while at < len(packed):
                        of, at = varint(packed, at)
                        told["outcomes"].append(of)
    return told


def read(directory):
    expected = 0
    for number, path in enumerate(sorted(pathlib.Path(directory).glob("*.uj")), start=1):
        data = path.read_bytes()
        check(path.name == f"{number:06}.uj", path, "a segment is missing before this one")
        check(data.startswith(b"UNDERSTUDY-JOURNAL-1\n"), path, "not a segment")
        stands, = struct.unpack_from("<I", data, 32)
        first, = struct.unpack_from("<Q", data, 40)
        check((stands, first) == (number, expected), path, "number or first ordinal differs")
        check(struct.unpack_from("<I", data, 60)[0] == zlib.crc32(data[:60]), path, "header checksum")
        at = SEGMENT_HEADER
        while at < len(data):
            where = f"{path} at {at}"
            check(len(data) - at >= FRAME_HEADER, where, "cut header")
            magic, meta_size, ordinal, body_size, reply_size, meta_crc, content_crc, zero, header_crc = \
                struct.unpack_from("<IIQIIIIII", data, at)
            check(magic == 0x31454A55 and zero == 0, where, "no frame")
            check(header_crc == zlib.crc32(data[at : at + 36]), where, "frame header checksum")
            check(ordinal == expected, where, f"ordinal {ordinal}, expected {expected}")
            begin = at + FRAME_HEADER
            end = begin + meta_size + body_size + reply_size
            frame_end = at + (end - at + 64 + 7) // 8 * 8
            check(len(data) >= frame_end, where, "cut frame")
            meta = data[begin : begin + meta_size]
            content = data[begin + meta_size : end]
            check(meta_crc == zlib.crc32(meta), where, "meta checksum")
            check(content_crc == zlib.crc32(content), where, "content checksum")
            check(not any(data[end:frame_end]), where, "padding is not zero")
            yield entry(ordinal, meta, content[:body_size], content[body_size:])
            expected += 1
            at = frame_end


if __name__ == "__main__":
    try:
        for told in read(sys.argv[1]):
            print(json.dumps(told))
    except Damaged as damage:
        sys.exit(f"journal_reader: {damage}")
