"""Several Django commands in one process, each argument one command as a JSON list: saves the start of Django for each."""

import json
import sys

import django
from django.core.management import call_command


def main(words: list[str]) -> None:
    """Runs the commands in order; the first that fails ends it."""
    django.setup()
    for command in words:
        call_command(*json.loads(command))


if __name__ == "__main__":
    main(sys.argv[1:])
