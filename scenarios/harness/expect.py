"""Expectations that say what they wanted and what there was."""

import json


def equal(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}\nexpected {_shown(expected)}\nfound    {_shown(found)}")


def true(what, holds, found=None):
    if not holds:
        raise AssertionError(f"expected {what}" + (f"\nfound    {_shown(found)}" if found is not None else ""))


def member(where, *path):
    """The value at a path of a JSON value; fails with what is there instead."""
    value = where
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise AssertionError(f"expected a member {'.'.join(map(str, path))}\nfound    {_shown(where)}") from None
    return value


def only(what, values):
    if len(values) != 1:
        raise AssertionError(f"expected exactly one {what}\nfound    {len(values)}: {_shown(values)}")
    return values[0]


def none(what, values):
    if values:
        raise AssertionError(f"expected no {what}\nfound    {len(values)}: {_shown(values)}")


def _shown(value):
    text = json.dumps(sorted(value) if isinstance(value, set) else value, default=str, ensure_ascii=False)
    return text if len(text) <= 2000 else text[:2000] + " ..."
