"""The keys of this installation: made once, kept in one file that only its owner may read."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from workshop import places
from workshop.files import locked, write_private

KEY_BYTES = 32
_apart: ContextVar[Path | None] = ContextVar("_apart", default=None)


@contextmanager
def apart(folder: Path) -> Iterator[Path]:
    """Inside, the keys of this process and of whatever it starts are others, made in that folder: a drill may change and lose them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = _apart.set(folder / "keys.json")
    try:
        yield ensure_keys()
    finally:
        _apart.reset(before)


def ensure_keys() -> Path:
    """The path of the keys file; made when missing.

    Shape: secret_key (text), context_key (hex, 32 bytes), field_keys ({id: hex, 32 bytes}), blind_key (hex, 32 bytes).
    """
    path = _apart.get() or places.state() / "keys.json"
    if not path.exists():
        with locked(path.with_suffix(".lock")):
            if not path.exists():
                write_private(path, json.dumps(_new_keys(), indent=2))
    return path


def _new_keys() -> dict[str, object]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "context_key": secrets.token_hex(KEY_BYTES),
        "field_keys": {"1": secrets.token_hex(KEY_BYTES)},
        "blind_key": secrets.token_hex(KEY_BYTES),
    }
