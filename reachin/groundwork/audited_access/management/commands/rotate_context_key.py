import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from reachin.groundwork.audited_access.signing import IN_FORCE, OTHER, change_places, is_kept, keep
from reachin.settings.keys import KEY_BYTES, Keys, change_context_key


class Command(BaseCommand):
    """The database accepts the new key before anybody signs with it, and the old one for as long as a context lives."""

    help = "Changes the key that signs contexts while the service runs; no request is refused. May be stopped and run again. As the owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="Django's name of the connection (usual: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        using, path = options["database"], settings.KEYS.path
        if path is None:
            raise CommandError("These keys come from no file.")
        signing = Keys.read(path).context_key
        if is_kept(signing, IN_FORCE, using=using):
            key = secrets.token_hex(KEY_BYTES)
            keep(key, OTHER, using=using)
            change_context_key(path, key)
        elif not is_kept(signing, OTHER, using=using):
            raise CommandError("The database does not know the key of this keys file: is it the right file? Then run install_keys.")
        change_places(using=using)
        self.stdout.write(f"A new key signs contexts. Keep a copy of {path}, apart from the backups; copy it to other machines at once.")
