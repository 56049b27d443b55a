"""The keys of this installation: made once, kept in one file that only its owner may read."""

import json
import secrets
from pathlib import Path

from workshop import places
from workshop.files import locked, write_private

KEY_BYTES = 32


def ensure_keys() -> Path:
    """The path of the keys file; made when missing.

    Shape: secret_key (text), context_key (hex, 32 bytes), field_keys ({id: hex, 32 bytes}), blind_key (hex, 32 bytes).
    """
    path = places.state() / "keys.json"
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
