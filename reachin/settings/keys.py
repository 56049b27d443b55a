import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that live outside the database: hex strings of 32 bytes, field keys by their id (1 to 255)."""

    secret_key: str
    context_key: str
    field_keys: dict[int, str]
    blind_key: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads them from their JSON file; raises FileNotFoundError or KeyError, so that nothing starts without them."""
        told = json.loads(path.read_text())
        return cls(
            secret_key=told["secret_key"],
            context_key=told["context_key"],
            field_keys={int(key_id): key for key_id, key in told["field_keys"].items()},
            blind_key=told["blind_key"],
        )


def keys_path(state: Path) -> Path:
    """Where the keys are kept, unless REACHIN_KEYS says otherwise."""
    return Path(os.environ.get("REACHIN_KEYS", state / "keys.json"))
