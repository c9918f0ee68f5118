"""Compares emulators/otlp/*.proto with the classes of the PyPI package opentelemetry-proto: every message, field
number, name, type, label, oneof, enumeration value and method.

Usage: python3 tests/otlp/field_numbers.py [PROTOC]     (with opentelemetry-proto installed; last seen equal: 1.45.2)
"""

import importlib
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

PUBLISHED = [
    "common.v1.common", "resource.v1.resource", "trace.v1.trace", "logs.v1.logs", "metrics.v1.metrics",
    "collector.trace.v1.trace_service", "collector.logs.v1.logs_service", "collector.metrics.v1.metrics_service",
]


def ours(protoc):
    root = pathlib.Path(__file__).resolve().parents[2] / "emulators"
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run([protoc, f"-I{root}", f"--descriptor_set_out={out.name}", *root.glob("otlp/*.proto")], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes()).file
    return [file for file in files if file.package.startswith("opentelemetry.")]


def theirs():
    for name in PUBLISHED:
        module = importlib.import_module(f"opentelemetry.proto.{name}_pb2")
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        yield file


def facts_of_enum(scope, enum):
    for value in enum.value:
        yield f"{scope}{enum.name}.{value.name} = {value.number}"


def facts_of_message(scope, message):
    name = scope + message.name
    yield name
    for field in message.field:
        oneof = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""
        yield f"{name}.{field.name} = {field.number} type {field.type} {field.type_name} label {field.label} {oneof}"
    for nested in message.nested_type:
        yield from facts_of_message(name + ".", nested)
    for enum in message.enum_type:
        yield from facts_of_enum(name + ".", enum)


def facts(files):
    for file in files:
        scope = file.package + "."
        for message in file.message_type:
            yield from facts_of_message(scope, message)
        for enum in file.enum_type:
            yield from facts_of_enum(scope, enum)
        for service in file.service:
            for method in service.method:
                yield f"{scope}{service.name}/{method.name} {method.input_type} {method.output_type}"


def main():
    here, published = set(facts(ours(sys.argv[1] if len(sys.argv) > 1 else "protoc"))), set(facts(theirs()))
    for fact in sorted(here ^ published):
        print("only", "here:" if fact in here else "published:", fact)
    print(f"{len(here & published)} facts are the same")
    sys.exit(here != published)


if __name__ == "__main__":
    main()
