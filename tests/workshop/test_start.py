"""The command line: its words, its help, and how the rest of a line is handed on. Nothing is started."""

import subprocess
import sys
from pathlib import Path

import pytest

import start
from workshop import named, places


@pytest.mark.parametrize("name", start.COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        start.read([name, "--help"])
    assert end.value.code == 0
    assert start.COMMANDS[name].help.capitalize()[:20] in capsys.readouterr().out


@pytest.mark.parametrize("name", start.COMMANDS)
def test_every_command_has_its_module(name: str) -> None:
    assert Path(places.ROOT, *start.COMMANDS[name].module.split(".")).with_suffix(".py").exists()


def test_the_rest_of_the_line_is_handed_on_as_it_is() -> None:
    assert start.read(["test", "-k", "two words", "tests/access"]).rest == ["-k", "two words", "tests/access"]
    assert start.read(["manage", "migrate", "--help"]).rest == ["migrate", "--help"]


def test_a_proof_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        start.read(["proof", "of-the-pudding"])
    assert "of-the-pudding" in capsys.readouterr().err


def test_it_needs_the_standard_library_only() -> None:
    isolated = f"import sys; sys.path.insert(0, {str(places.ROOT)!r}); sys.argv = ['start.py', '--help']; import start; start.main()"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", isolated], capture_output=True, text=True, env={})
    assert "reset-demo" in done.stdout, done.stderr


def test_named_modules_are_listed_with_their_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "workshop" / "proofs"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Proofs."""\n')
    (folder / "front_door.py").write_text('HELP = "the door opens"\nimport not_installed\ndef main(argv): return 0\n')
    (folder / "helper.py").write_text("VALUE = 1\n")
    monkeypatch.setattr(places, "ROOT", tmp_path)
    assert named.available("proofs") == {"front-door": "the door opens"}
    assert named.module("proofs", "front-door") == "workshop.proofs.front_door"
