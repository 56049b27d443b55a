"""When .venv and the assets are made anew: by digest of what they were made from, and never half."""

from pathlib import Path

import pytest

from workshop import places, provisions


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout where installing only leaves a note of what was installed."""
    (tmp_path / "requirements").mkdir()
    for group in ("runtime", "dev"):
        (tmp_path / "requirements" / f"{group}.txt").write_text(group)
    for name, path in {"ROOT": tmp_path, "VENV": tmp_path / ".venv", "PYTHON": tmp_path / ".venv" / "bin" / "python"}.items():
        monkeypatch.setattr(places, name, path)
    monkeypatch.setenv("REACHIN_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(provisions, "_assets_stamp_is_right", lambda: True)
    monkeypatch.setattr(provisions, "_install", lambda requirements: installed(tmp_path).append(requirements.stem))
    monkeypatch.setattr(provisions, "_make_venv", lambda uv: make_venv(tmp_path))
    return tmp_path


INSTALLED: dict[Path, list[str]] = {}


def installed(checkout: Path) -> list[str]:
    return INSTALLED.setdefault(checkout, [])


def make_venv(checkout: Path) -> None:
    installed(checkout).append("venv")
    (checkout / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    (checkout / ".venv" / "bin" / "python").touch()


def test_the_second_time_nothing_is_installed(checkout: Path) -> None:
    provisions.ensure("runtime")
    provisions.ensure("runtime")
    assert installed(checkout) == ["venv", "runtime"]


def test_dev_serves_for_runtime_too(checkout: Path) -> None:
    provisions.ensure("dev")
    provisions.ensure("runtime")
    assert installed(checkout) == ["venv", "dev"]


def test_changed_requirements_are_installed_into_the_same_venv(checkout: Path) -> None:
    provisions.ensure("runtime")
    (checkout / "requirements" / "runtime.txt").write_text("something newer")
    provisions.ensure("runtime")
    assert installed(checkout) == ["venv", "runtime", "runtime"]


def test_a_venv_that_was_never_finished_is_made_anew(checkout: Path) -> None:
    make_venv(checkout)
    provisions.ensure("runtime")
    assert installed(checkout) == ["venv", "venv", "runtime"]


def test_a_failure_says_what_the_tool_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(provisions.CannotProvide, match="no such thing"):
        provisions._run(["sh", "-c", "echo no such thing >&2; exit 3"], "It could not be installed")
