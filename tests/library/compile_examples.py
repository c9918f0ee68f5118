#!/usr/bin/env python3
"""Makes one C++ file of the examples of a document: each fenced cpp block becomes the body of a function.

    compile_examples.py DOCUMENT OUTPUT
"""
import pathlib
import re
import sys

PROLOGUE = """// Made from {name}: every example in it.
#include <gmock/gmock.h>
#include <understudy/matchers.h>
#include <understudy/understudy.h>

using namespace std::chrono_literals;
using namespace testing;
using namespace understudy;
"""

FUNCTION = """
[[maybe_unused]] void example_{number}([[maybe_unused]] Understudy& vendors, [[maybe_unused]] const Span& span,
    [[maybe_unused]] const std::vector<Span>& spans, [[maybe_unused]] const Segment& segment,
    [[maybe_unused]] const LogEvent& event, [[maybe_unused]] const LogRecord& log_record,
    [[maybe_unused]] const RollbarItem& item, [[maybe_unused]] const MetricPoint& point,
    [[maybe_unused]] const HoneycombEvent& row, [[maybe_unused]] const Deploy& deploy) {{
#line {line} "{name}"
{body}}}
"""


def main():
    document, output = map(pathlib.Path, sys.argv[1:])
    text = document.read_text(encoding="utf-8")
    made = PROLOGUE.format(name=document.name)
    found = list(re.finditer(r"^```cpp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    if not found:
        sys.exit(f"{document} has no examples")
    for number, block in enumerate(found, start=1):
        line = text.count("\n", 0, block.start(1)) + 1
        made += FUNCTION.format(number=number, name=document.name, line=line, body=block[1])
    output.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
