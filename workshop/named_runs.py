"""`start.py proof NAME` and `start.py bench NAME`: runs the module of that name and gives its exit status."""

import argparse
import importlib

from workshop import named

FOLDERS = {"proof": "proofs", "bench": "benches"}


def main(told: argparse.Namespace) -> int:
    """The exit status of the module's main."""
    module = importlib.import_module(named.module(FOLDERS[told.command], told.name))
    status: int = module.main(told.rest)
    return status
