"""`start.py journeys`: what people do from beginning to end, in Chromium."""

import argparse

from workshop import chromium, test
from workshop.progress import Trouble


def main(told: argparse.Namespace) -> int:
    """pytest's exit status. Raises Trouble when there is no Chromium."""
    if chromium.find() is None:
        raise Trouble(chromium.HOW_TO_GET)
    return test.run_pytest(told.rest, default_paths=["tests/journeys", "-n", test.WORKERS, "--dist", "worksteal"])
