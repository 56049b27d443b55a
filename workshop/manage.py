"""`start.py manage ...`: a Django command on the demo database, with the rights that it needs."""

import argparse
import subprocess

from workshop import databases, demo, places
from workshop.servers import APP, OWNER, for_keeps, running

NEEDS_THE_OWNER = {
    *("export_audit", "export_witness", "field_keys", "install_keys", "makemigrations", "mark_as_demo", "migrate"),
    *("rotate_context_key", "rotate_field_key", "showmigrations", "sqlmigrate", "verify_audit"),
}


def main(told: argparse.Namespace) -> int:
    """Runs the command; its own exit status. Commands that change tables run as their owner, the others as the application."""
    words: list[str] = told.rest or ["help"]
    with running(for_keeps()) as found:
        databases.prepare(found, demo.database(), demo=True)
        environment = databases.environment(found, demo.database(), mode="demo", role=OWNER if words[0] in NEEDS_THE_OWNER else APP)
        return subprocess.run([str(places.PYTHON), "-m", "django", *words], cwd=places.ROOT, env=environment).returncode
