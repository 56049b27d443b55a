"""The virtual environment and the pages' assets, made when missing or outdated. Standard library only: it runs before .venv exists."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workshop import places
from workshop.files import locked
from workshop.progress import Trouble, step

LEAST_PYTHON = (3, 11)
VENV_HELP = "Python's venv is missing. On Debian or Ubuntu: sudo apt install python3-venv   (or install uv)"
NODE_MODULES = places.ASSETS / "node_modules"


class CannotProvide(Trouble):
    """Something that a person must mend first; the message says how."""


def ensure(group: str) -> None:
    """Provides .venv with one group of requirements (runtime or dev) and the assets; quick when nothing has changed.

    Raises CannotProvide. Two processes at once: the second waits for the first.
    """
    if sys.version_info < LEAST_PYTHON:
        raise CannotProvide("Python 3.11 or newer is needed (install it, or install uv: uv brings its own Python)")
    if _up_to_date(group) and _assets_stamp_is_right():
        return
    with locked(places.state() / "provisions.lock"):
        if not _up_to_date(group):
            _provide_packages(group)
        if not _assets_stamp_is_right():
            _provide_assets()


def _requirements(group: str) -> Path:
    return places.ROOT / "requirements" / f"{group}.txt"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(group: str) -> Path:
    return places.VENV / f".{group}"


def _says(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def _up_to_date(group: str) -> bool:
    return places.PYTHON.exists() and _says(_stamp(group), _digest(_requirements(group)))


def _provide_packages(group: str) -> None:
    uv = shutil.which("uv")
    if not places.PYTHON.exists() or not any(_stamp(known).exists() for known in ("runtime", "dev")):
        with step("Making a place for Python packages (.venv)"):
            _make_venv(uv)
    with step(f"Installing Python packages ({group})"):
        _install(_requirements(group))
    for installed in ("runtime", "dev") if group == "dev" else ("runtime",):
        _stamp(installed).write_text(_digest(_requirements(installed)))


def _make_venv(uv: str | None) -> None:
    shutil.rmtree(places.VENV, ignore_errors=True)
    command = [uv, "venv", "-q", "--python", ">=3.11"] if uv else [sys.executable, "-m", "venv"]
    done = subprocess.run([*command, str(places.VENV)], capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(places.VENV, ignore_errors=True)
        said = done.stdout + done.stderr
        raise CannotProvide(VENV_HELP if "ensurepip" in said else f"The place for Python packages could not be made:\n{said}")


def _install(requirements: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "-q", "--python", str(places.PYTHON)]
    else:
        command = [str(places.PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
    _run([*command, "--require-hashes", "-r", str(requirements)], "Python packages could not be installed")


def _assets_stamp_is_right() -> bool:
    return _says(NODE_MODULES / ".stamp", _digest(places.ASSETS / "package-lock.json"))


def _provide_assets() -> None:
    npm = shutil.which("npm")
    if not npm:
        with step("Fetching Node.js as a Python package (there is no npm here)"):
            _install(_requirements("node"))
        npm = str(places.VENV / "bin" / "npm")
    with step("Fetching the pages' styles and fonts"):
        path = f"{places.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        _run([npm, "ci", "--silent", "--prefix", str(places.ASSETS)], "Styles and fonts could not be fetched", {**os.environ, "PATH": path})
    (NODE_MODULES / ".stamp").write_text(_digest(places.ASSETS / "package-lock.json"))


def _run(command: list[str], failure: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=places.ROOT, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotProvide(f"{failure}. Is the network there?\n{done.stdout[-2000:]}{done.stderr[-3000:]}")
