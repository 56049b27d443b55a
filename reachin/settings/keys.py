import json
import os
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

KEY_BYTES = 32
GREATEST_FIELD_KEY = 255
Stamp: TypeAlias = tuple[int, int]
T = TypeVar("T")


class NoKeyIdLeft(RuntimeError):
    """A sealed value has one byte for its key's id, and all are used up."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that live outside the database: hex strings of 32 bytes, field keys by their id (1 to 255).

    The greatest id is the key that seals; the others only unseal, until nothing is left that they sealed.
    """

    secret_key: str
    context_key: str
    field_keys: dict[int, str]
    blind_key: str
    path: Path | None = field(default=None, compare=False)
    stamp: Stamp | None = field(default=None, compare=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads them from their JSON file; raises FileNotFoundError or KeyError, so that nothing starts without them."""
        stamp = _stamp(path)
        told = json.loads(path.read_text())
        return cls(
            secret_key=told["secret_key"],
            context_key=told["context_key"],
            field_keys={int(key_id): key for key_id, key in told["field_keys"].items()},
            blind_key=told["blind_key"],
            path=path,
            stamp=stamp,
        )

    def fresh(self) -> "Keys":
        """The keys as the file has them by now: keys are changed while the service runs. These, when the file cannot be read."""
        try:
            if self.path is None or (stamp := _stamp(self.path)) == self.stamp:
                return self
            return _reread(self.path, stamp)
        except (OSError, ValueError, KeyError):
            return self


def keys_path(state: Path) -> Path:
    """Where the keys are kept, unless REACHIN_KEYS says otherwise."""
    return Path(os.environ.get("REACHIN_KEYS", state / "keys.json"))


def add_field_key(path: Path) -> int:
    """A new key that seals from now on; gives its id. Raises NoKeyIdLeft."""

    def add(told: dict[str, Any]) -> int:
        key_id = max(map(int, told["field_keys"])) + 1
        if key_id > GREATEST_FIELD_KEY:
            raise NoKeyIdLeft(f"{GREATEST_FIELD_KEY} field keys were used: a value has one byte for its key's id")
        told["field_keys"][str(key_id)] = secrets.token_hex(KEY_BYTES)
        return key_id

    return _change(path, add)


def retire_field_keys(path: Path, ids: Collection[int]) -> Path:
    """Takes old keys out of the file into one of their own beside it, which only its owner may read; gives that file.

    Backups from before still need them.
    """
    retired = path.with_name(f"{path.stem}.retired-{'-'.join(map(str, sorted(ids)))}.json")

    def retire(told: dict[str, Any]) -> Path:
        _write(retired, {"field_keys": {str(key_id): told["field_keys"][str(key_id)] for key_id in ids}}, like=path)
        for key_id in ids:
            del told["field_keys"][str(key_id)]
        return retired

    return _change(path, retire)


def change_context_key(path: Path, key: str) -> None:
    """Contexts are signed with this key (hex) from now on."""
    _change(path, lambda told: told.update(context_key=key))


def _change(path: Path, change: Callable[[dict[str, Any]], T]) -> T:
    with path.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        told = json.loads(path.read_text())
        given = change(told)
        _write(path, told, like=path)
    return given


def _write(path: Path, told: dict[str, Any], *, like: Path) -> None:
    """The whole file or the one before, on the disk itself, with its owner and nobody else's eyes."""
    half, owner = path.with_name(f".{path.name}.{os.getpid()}"), like.stat()
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        if os.geteuid() == 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(json.dumps(told, indent=2))
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=2)
def _reread(path: Path, stamp: Stamp) -> Keys:
    return Keys.read(path)
