// The schemas of the control API's bodies.
#include "console/openapi.h"

namespace understudy::console {

std::string_view schemas() {
  return R"json({
"Error": {"type": "object", "required": ["error"], "properties": {
  "error": {"type": "string", "description": "what is wrong, and where"},
  "mend": {"type": "string", "description": "what to do about it"}}},
"EntryNumber": {"type": "object", "required": ["entry"], "properties": {
  "entry": {"type": "integer", "description": "ordinal of the journal's entry; a wait may begin after it"}}},
"Name": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
"ByVendor": {"type": "object", "description": "a member for each vendor", "additionalProperties": {"type": "object"}},
"Health": {"type": "object", "required": ["status", "version", "session", "entries", "bytes", "reasons"], "properties": {
  "status": {"enum": ["green", "red"]}, "version": {"type": "string"}, "session": {"type": "string"},
  "entries": {"type": "integer"}, "bytes": {"type": "integer"},
  "reasons": {"type": "array", "items": {"type": "string"}, "description": "why it is red"}}},
"Session": {"type": "object", "required": ["name", "ports", "urls", "environment"], "properties": {
  "name": {"type": "string"}, "entries": {"type": "integer"}, "bytes": {"type": "integer"},
  "start": {"type": "integer", "description": "the first entry that views show"},
  "ports": {"type": "object", "additionalProperties": {"type": "integer"}},
  "urls": {"type": "object", "additionalProperties": {"type": "string"}},
  "environment": {"type": "object", "additionalProperties": {"type": "string"}}}},
"Sessions": {"type": "object", "required": ["sessions"], "properties": {
  "sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}}},
"NewSession": {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
  "name": {"type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$"},
  "ports": {"enum": ["auto", null], "description": "auto: ports of its own; null: the shared ones"},
  "seed": {"type": ["integer", "null"], "description": "of the ids that the fakes hand out"},
  "credentials": {"type": "array", "items": {"type": "string"},
    "description": "keys and tokens that choose this session on shared ports"},
  "accounts": {"$ref": "#/components/schemas/ByVendor"}, "settings": {"$ref": "#/components/schemas/ByVendor"}}},
"Clock": {"type": "object", "required": ["offset_ms", "freeze", "now", "wall"], "properties": {
  "offset_ms": {"type": "integer"}, "freeze": {"type": ["string", "null"], "format": "date-time"},
  "now": {"type": "string", "format": "date-time", "description": "the vendors' instant"},
  "wall": {"type": "string", "format": "date-time"}}},
"SetClock": {"type": "object", "additionalProperties": false, "maxProperties": 1, "properties": {
  "offset_ms": {"type": "integer"}, "freeze": {"type": "string", "format": "date-time"}}},
"NewFault": {"type": "object", "additionalProperties": false, "properties": {
  "vendor": {"type": "string", "description": "empty: any"},
  "match": {"type": "object", "additionalProperties": false, "properties": {
    "door": {"type": "string", "description": "as in the ready file's ports"},
    "path": {"type": "string", "description": "how the target begins"},
    "target": {"type": "string", "description": "how X-Amz-Target or the path ends"}}},
  "when": {"enum": ["before", "after"], "default": "before",
    "description": "before: the vendor never sees it; after (default of body and cut): it was accepted, and the reply is lost or replaced"},
  "action": {"enum": ["status", "delay", "reset", "body", "cut", "stop_reading", "drop", "reorder"], "default": "status",
    "description": "body: the vendor's reply with another body; cut: head and the first bytes of the body; stop_reading: no reply, and nothing more is read until a reset after delay_ms (60000); drop and reorder: of datagrams"},
  "status": {"type": "integer", "minimum": 200, "maximum": 599, "default": 503}, "body": {"type": "string"},
  "headers": {"type": "object", "additionalProperties": {"type": "string"}},
  "bytes": {"type": "integer", "minimum": 0, "default": 0, "description": "of the body, that a cut lets leave"},
  "delay_ms": {"type": "integer", "minimum": 0, "maximum": 3600000},
  "probability": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1,
    "description": "of acting on a call that matches; drawn from the session's seed"},
  "count": {"type": "integer", "minimum": 1, "default": 1, "description": "of calls on which it acts"}}},
"Fault": {"type": "object", "required": ["id"], "properties": {
  "id": {"type": "string"}, "count": {"type": "integer", "description": "calls that are left"}}},
"Faults": {"type": "object", "required": ["faults"], "properties": {
  "faults": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}}}},
"Record": {"type": "object", "required": ["id", "vendor", "kind", "session", "entry", "time", "fields"], "properties": {
  "id": {"type": "string", "description": "<session>/<entry>/<index>"}, "vendor": {"type": "string"},
  "kind": {"type": "string"}, "session": {"type": "string"}, "entry": {"type": "integer"},
  "time": {"type": "string", "format": "date-time", "description": "the record's own time"},
  "fields": {"type": "object"}}},
"Records": {"type": "object", "required": ["records", "next_after"], "properties": {
  "records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
  "next_after": {"type": "integer", "description": "the last entry that was looked at"}}},
"EntrySummary": {"type": "object", "required": ["ordinal", "kind", "received"], "properties": {
  "ordinal": {"type": "integer"},
  "kind": {"enum": ["exchange", "fragment", "control", "outcome", "drops", "driven", "checkpoint"]},
  "received": {"type": "string", "format": "date-time"}, "vendor": {"type": "string"}, "door": {"type": "string"},
  "protocol": {"type": "string"}, "method": {"type": "string"}, "target": {"type": "string"},
  "operation": {"type": "string", "description": "X-Amz-Target, where there is one"},
  "status": {"type": ["integer", "null"], "description": "null: a datagram"}, "body_bytes": {"type": "integer"},
  "reply_bytes": {"type": "integer"}, "read": {"type": "boolean", "description": "a read operation"},
  "findings": {"type": "integer"},
  "answered": {"type": ["boolean", "null"], "description": "null: not known (yet), or a datagram"}}},
"Entries": {"type": "object", "required": ["entries", "next_after"], "properties": {
  "entries": {"type": "array", "items": {"$ref": "#/components/schemas/EntrySummary"}},
  "next_after": {"type": "integer"}}},
"Header": {"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "string"}}},
"Entry": {"type": "object", "description": "as in the list, with findings as a list, and more",
  "required": ["ordinal", "kind", "received", "findings"], "properties": {
  "head": {"type": "string"}, "headers": {"type": "array", "items": {"$ref": "#/components/schemas/Header"}},
  "peer": {"type": "string"}, "outcome": {"type": "string"}, "reason": {"type": "string"},
  "reply": {"type": "object", "properties": {"status": {"type": "integer"},
    "headers": {"type": "array", "items": {"$ref": "#/components/schemas/Header"}},
    "body_bytes": {"type": "integer"}, "grpc_status": {"type": "integer"}, "grpc_message": {"type": "string"}}},
  "findings": {"type": "array", "items": {"type": "object"}}}},
"Condition": {"type": "object", "required": ["field", "op"], "additionalProperties": false, "properties": {
  "field": {"type": "string", "description": "a path into the fields; then vendor, kind, id, entry, time, session; then below attributes, resource.attributes and data"},
  "op": {"enum": ["=", "!=", ">", ">=", "<", "<=", "starts-with", "does-not-start-with", "ends-with",
    "does-not-end-with", "exists", "does-not-exist", "contains", "does-not-contain", "in", "not-in"]},
  "value": {"description": "none for exists and does-not-exist, a list for in and not-in"}}},
"Wait": {"type": "object", "additionalProperties": false, "properties": {
  "kind": {"type": "string"}, "vendor": {"type": "string"},
  "where": {"type": "array", "items": {"$ref": "#/components/schemas/Condition"}},
  "count": {"default": {"at_least": 1}, "oneOf": [
    {"type": "integer", "minimum": 0, "description": "exactly"}, {"const": "never"},
    {"type": "object", "required": ["at_least"], "properties": {"at_least": {"type": "integer", "minimum": 0}}},
    {"type": "object", "required": ["exactly"], "properties": {"exactly": {"type": "integer", "minimum": 0}}}]},
  "timeout_ms": {"type": "integer", "minimum": 0, "maximum": 3600000, "default": 15000},
  "quiet_ms": {"type": "integer", "minimum": 0, "maximum": 3600000, "default": 250,
    "description": "how long no further record may match before exactly and never hold"},
  "after": {"type": "integer", "description": "entries after this one; else from the session's start or last reset"},
  "state": {"enum": ["received", "answered"], "default": "received"}}},
"WaitResult": {"type": "object", "required": ["met", "seen", "records"], "properties": {
  "met": {"type": "boolean"}, "seen": {"type": "integer"},
  "records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
  "nearest": {"type": ["object", "null"], "properties": {
    "record": {"$ref": "#/components/schemas/Record"}, "why": {"type": "array", "items": {"type": "string"}}}},
  "message": {"type": "string", "description": "one sentence, where it was not met"}}},
"Finding": {"type": "object",
  "required": ["id", "severity", "vendor", "place", "message", "disposition", "mend", "evidence", "first", "last", "count", "examples"],
  "properties": {
  "id": {"type": "string"}, "severity": {"enum": ["info", "warning", "error"]}, "vendor": {"type": "string"},
  "place": {"type": "string"}, "message": {"type": "string"}, "detail": {"type": "string"},
  "disposition": {"enum": ["accepts", "refuses", "drops silently", "misfiles"], "description": "what the vendor does"},
  "mend": {"type": "string"}, "evidence": {"enum": ["code", "snapshot", "docs", "run", "guess"]},
  "source": {"type": "string"}, "first": {"type": "string", "format": "date-time"},
  "last": {"type": "string", "format": "date-time"}, "count": {"type": "integer"},
  "examples": {"type": "array", "items": {"type": "integer"}, "description": "entries"}}},
"Findings": {"type": "object", "required": ["findings"], "properties": {
  "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}}}},
"Driven": {"type": "object", "required": ["method", "url", "status"], "additionalProperties": false, "properties": {
  "method": {"type": "string"}, "url": {"type": "string"}, "request_headers": {"type": "object"},
  "status": {"type": "integer"}, "response_headers": {"type": "object"}, "body": {"type": "string"}}},
"Proof": {"type": "object", "required": ["holds", "vendors"], "properties": {
  "holds": {"type": "boolean"},
  "vendors": {"type": "object", "additionalProperties": {"type": "object", "properties": {
    "fold_equals_live": {"type": "boolean"}, "decided_again": {"type": "integer"},
    "differences": {"type": "array", "items": {"type": "string"}}}}}}}
})json";
}

}  // namespace understudy::console
