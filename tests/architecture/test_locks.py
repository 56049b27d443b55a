"""What is installed is pinned by digest, and no file says where it comes from: any mirror serves."""

import json
import re
from pathlib import Path

import pytest

from workshop import places

LOCKS = sorted((places.ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^[\w.\-\[\]]+==[^ ]+", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
@pytest.mark.asvs("15.1.2")
def test_every_python_package_is_pinned_by_digest(lock: Path) -> None:
    text = lock.read_text()
    packages = re.split(r"\n(?=\S)", text.strip())
    unpinned = [
        package
        for package in packages
        if not package.startswith(("#", "    #")) and not (PIN.match(package) and "--hash=sha256:" in package)
    ]
    assert unpinned == []
    assert "://" not in text


def test_development_holds_what_runs() -> None:
    runtime, development = (set(PIN.findall((places.ROOT / "requirements" / f"{name}.txt").read_text())) for name in ("runtime", "dev"))
    assert runtime
    assert runtime <= development


@pytest.mark.asvs("15.1.2", "3.6.1")
def test_every_script_and_font_is_pinned_by_digest() -> None:
    text = (places.ROOT / "assets" / "package-lock.json").read_text()
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert '"resolved"' not in text
