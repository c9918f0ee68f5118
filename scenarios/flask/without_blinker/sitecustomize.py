"""Python imports this by itself when its folder is in PYTHONPATH: as if blinker had never been installed."""

import sys

sys.modules["blinker"] = None
