"""The keys file: made once, private, of the shape that the settings read."""

import json
import stat
from pathlib import Path

import pytest

from workshop.keys import ensure_keys


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACHIN_STATE", str(tmp_path / "state"))


@pytest.mark.asvs("13.3.1", "13.3.2")
def test_made_once_and_private() -> None:
    path = ensure_keys()
    words = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ensure_keys().read_text() == words


def test_shape() -> None:
    keys = json.loads(ensure_keys().read_text())
    assert set(keys) == {"secret_key", "context_key", "field_keys", "blind_key"}
    assert all(len(bytes.fromhex(key)) == 32 for key in (keys["context_key"], keys["blind_key"], *keys["field_keys"].values()))
    assert len(keys["secret_key"]) >= 50
