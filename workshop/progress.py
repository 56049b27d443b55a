"""What a person reads while they wait: plain words on the error stream, so that the output stream stays for results."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Trouble(RuntimeError):
    """Something that a person has to mend; the message says what and how, and no traceback is shown."""


def say(words: str) -> None:
    """One line of progress."""
    print(words, file=sys.stderr, flush=True)


@contextmanager
def step(words: str) -> Iterator[None]:
    """Says what is being done, and afterwards how long it took (seconds)."""
    began = time.monotonic()
    print(f"{words} ...", end=" ", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        say("not finished")
        raise
    say(f"{time.monotonic() - began:.1f} s")


def result(figures: Mapping[str, object]) -> None:
    """The last line of a proof or bench: one JSON object on the output stream."""
    print(json.dumps(figures), flush=True)
