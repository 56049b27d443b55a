"""Where things lie: the checkout, its state folder, the outside data. Standard library only (start.py reads it before .venv exists)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ASSETS = ROOT / "assets"


def state() -> Path:
    """The folder for everything that a run keeps (databases, keys, logs): REACHIN_STATE, or .reachin in the checkout.

    Made when missing, closed to others; root's lets others pass, since its database server runs as somebody else.
    """
    folder = Path(os.environ.get("REACHIN_STATE") or ROOT / ".reachin").expanduser().resolve()
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    return folder


def shared() -> Path:
    """The folder of outside data: REACHIN_SHARED, or `shared` beside the checkout; it may be missing."""
    return Path(os.environ.get("REACHIN_SHARED") or ROOT.parent / "shared").expanduser().resolve()
