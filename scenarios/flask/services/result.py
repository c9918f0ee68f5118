from dataclasses import dataclass, field
from typing import Any


@dataclass
class Result:
    """What a service hands to its route: data, or error codes. The last failing check leaves its one code."""

    data: Any = None
    errors: list = field(default_factory=list)

    def fail(self, code):
        self.errors = [code]
