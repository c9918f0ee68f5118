"""An export of spans with everything that SDKs seldom send, as OTLP's JSON: refinery_clients compares what is made of it."""


def text(value):
    return {"stringValue": value}


def attributes(**values):
    """Two underscores stand for a dot."""
    return [{"key": key.replace("__", "."), "value": value} for key, value in values.items()]


def array(*values):
    return {"arrayValue": {"values": list(values)}}


def span(number, name, given=(), **more):
    return {
        "traceId": "5b8aa5a2d2c872e8321cf37308d69df2",
        "spanId": f"{number:016x}",
        "parentSpanId": "" if name == "root" else "00000000000000ff",
        "name": name,
        "kind": 2,
        "startTimeUnixNano": "1700000000000000000",
        "endTimeUnixNano": "1700000000012500000",
        "attributes": list(given),
        **more,
    }


def event(name, time, **values):
    return {"timeUnixNano": time, "name": name, "attributes": attributes(**values)}


SCALARS = attributes(
    text=text("x"),
    truth={"boolValue": True},
    least={"intValue": "-9223372036854775808"},
    fraction={"doubleValue": 1.5},
    whole={"doubleValue": 3},
    empty=text(""),
    umlaut=text("äöü😀\u2028"),
)
ARRAYS = attributes(
    mixed=array(text("one"), {"boolValue": True}, {"intValue": "3"}),
    fractions=array({"doubleValue": 1e21}, {"doubleValue": 3}, {"doubleValue": 0.25}),
    none=array(),
    odd_characters=array(text("\u2028\u007f\u0001\t\"")),
    maps=array({"kvlistValue": {"values": attributes(b=text("2"), a=text("1"))}}),
    bytes=array({"bytesValue": "AQIDBA=="}),
)
SPANS = [
    span(0xFF, "root"),
    span(1, "scalars", SCALARS),
    span(2, "arrays", ARRAYS),
    span(3, "bytes", attributes(bytes={"bytesValue": "AQIDBA=="})),
    span(4, "no value", [{"key": "nothing", "value": {}}, {"key": "null"}, {"key": "", "value": text("no key")}]),
    span(5, "events", events=[event("first", "1700000000001000000", k=text("v")), event("second", "1700000000002000000")]),
    span(6, "failed", status={"code": 2, "message": "boom"},
         events=[event("exception", "1700000000001000000", exception__type=text("t"), exception__message=text("m"))]),
    span(7, "went well", status={"code": 1}),
    span(8, "one of four", attributes(sampleRate={"intValue": "4"})),
    span(9, "one of none", attributes(sampleRate={"intValue": "0"})),
    span(10, "one of nobody knows", attributes(sampleRate=text("foo"))),
    *[span(20 + kind, f"kind {kind}", kind=kind) for kind in range(6)],
    span(30, "its name as an attribute", attributes(name=text("other"))),
    span(31, "its fields as attributes", attributes(type=text("other"), duration_ms={"doubleValue": 1})),
    span(32, "above scope and resource", attributes(shared=text("span"))),
    span(33, "no times", startTimeUnixNano="0", endTimeUnixNano="0"),
]
RESOURCE = {"attributes": attributes(service__name=text("rare"), shared=text("resource"), of_resource=text("r"))}
SCOPE = {"name": "io.opentelemetry.rare", "version": "1", "attributes": attributes(shared=text("scope"), of_scope=text("s"))}
REQUEST = {"resourceSpans": [{"resource": RESOURCE, "scopeSpans": [{"scope": SCOPE, "spans": SPANS}]}]}
