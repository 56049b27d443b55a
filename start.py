#!/usr/bin/env python3
"""Reach In, from a fresh clone: `python3 start.py run`, then open the address it prints. `python3 start.py --help` lists the rest.

Needs Python 3.11 or newer with venv, and nothing else beforehand. Standard library only.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workshop import named, places, provisions
from workshop.progress import Trouble, say


@dataclass(frozen=True)
class Command:
    """One word after start.py: which packages it needs (runtime or dev) and which module of the workshop does it."""

    help: str
    module: str
    packages: str = "dev"
    passes_on: str = ""
    """What the rest of the line is, for commands that hand it on as it is."""
    folder: str = ""
    """The folder of named modules, for commands that run one of them."""


INTERRUPTED = 130
COMMANDS = {
    "run": Command("start everything with the invented demo partnership, and print the address to open", "workshop.run", "runtime"),
    "test": Command("run the tests (all but the journeys)", "workshop.test", passes_on="pytest's own options and paths"),
    "check": Command("style, types, layers, templates, migrations and catalogues", "workshop.check"),
    "journeys": Command("run the journeys in Chromium", "workshop.journeys", passes_on="pytest's own options and paths"),
    "proof": Command("show that a promise holds", "workshop.named_runs", passes_on="the proof's own options", folder="proofs"),
    "bench": Command("measure", "workshop.named_runs", passes_on="the bench's own options", folder="benches"),
    "manage": Command(
        "run a management command on the demo database", "workshop.manage", "runtime", passes_on="the command and its options"
    ),
    "reset-demo": Command("throw the demo database away and load the demo partnership anew", "workshop.reset_demo", "runtime"),
    "backup": Command("copy the database to a folder, and keep there what is written from now on", "workshop.backup", "runtime"),
    "restore": Command("bring the database of a backup to a chosen second, into a folder of its own", "workshop.restore", "runtime"),
    "doctor": Command("look for what is wrong with this installation, and say what to do", "workshop.doctor", "runtime"),
    "catalogues": Command("gather the texts to translate into the catalogues", "workshop.catalogues"),
}


def parser() -> argparse.ArgumentParser:
    """The command line; commands that hand on the rest of the line only have their help here."""
    line = argparse.ArgumentParser(prog="start.py", description="Reach In: everything starts here.")
    commands = line.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        under = commands.add_parser(name, help=command.help, description=command.help.capitalize() + ".", epilog=_list_of_named(command))
        under.formatter_class = argparse.RawDescriptionHelpFormatter
        if command.folder:
            under.add_argument("name", choices=list(named.available(command.folder)), metavar="NAME")
        if command.passes_on:
            under.add_argument("rest", nargs="*", metavar="ARGUMENT", help=command.passes_on)
    run = commands.choices["run"]
    run.add_argument("--port", type=int, help="the port to serve on (default: 8765, or the next free one)")
    run.add_argument("--db-only", action="store_true", help="only the database: for development beside it")
    _add_options(commands.choices)
    return line


def _add_options(commands: Mapping[str, argparse.ArgumentParser]) -> None:
    commands["doctor"].add_argument("--strict", action="store_true", help="as for real families: look up known weaknesses, ask for backups")
    backup, restore = commands["backup"], commands["restore"]
    backup.add_argument("folder", metavar="DIR", help="the folder, on another disk; keys are not copied there")
    backup.add_argument("--keep", type=int, default=7, metavar="N", help="how many backups stay there (default: 7)")
    restore.add_argument("folder", metavar="DIR", help="the folder of the backups")
    restore.add_argument("--to", metavar="MOMENT", help="such as 2026-11-22T10:00:05Z (default: the last thing that was kept)")
    restore.add_argument("--into", required=True, metavar="DATABASE_DIR", help="a new folder for the restored server")
    restore.add_argument(
        "--wal", metavar="PG_WAL", help="the dead server's data/pg_wal, where it can still be read: the last minute is there"
    )


def _list_of_named(command: Command) -> str:
    if not command.folder:
        return ""
    found = named.available(command.folder)
    lines = [f"  {name:<20} {text}" for name, text in found.items()]
    return "\n".join([f"{command.folder}:", *lines]) if lines else f"no {command.folder} yet"


def read(words: list[str]) -> argparse.Namespace:
    """The command line as one object: `command`, and `rest` (with `name`) for commands that hand on the rest of the line."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None or not command.passes_on or words[1:2] in (["-h"], ["--help"]):
        return parser().parse_args(words)
    own_words = 2 if command.folder else 1
    told = parser().parse_args(words[:own_words])
    told.rest = words[own_words:]
    return told


def main() -> int:
    """Provides what the command needs, continues inside .venv, and gives the exit status."""
    told = read(sys.argv[1:])
    try:
        return _do(told)
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED


def _do(told: argparse.Namespace) -> int:
    command = COMMANDS[told.command]
    provisions.ensure(command.packages)
    if not Path(sys.prefix).samefile(places.VENV):
        os.execv(places.PYTHON, [str(places.PYTHON), __file__, *sys.argv[1:]])
    os.chdir(places.ROOT)
    status: int = importlib.import_module(command.module).main(told)
    return status


if __name__ == "__main__":
    sys.exit(main())
