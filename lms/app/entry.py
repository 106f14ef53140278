"""The door of `lms`: loads no more of the product than what was asked for needs."""

import gc
import importlib
import sys


def main() -> None:
    """Serve, or run the command line, which has to load every feature before it knows the features' commands."""
    # What is loaded stays: looking through it for garbage, again and again while it grows, would find none.
    gc.disable()
    asked = importlib.import_module("lms.app.serve" if sys.argv[1:] == ["serve"] else "lms.app.cli")
    gc.freeze()
    gc.enable()
    asked.main()
