from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

BLOCK_BYTES = 64


class Command(BaseCommand):
    help = "Gives the database the key by which it knows a signed context. Run as the owner, after migrating."

    def handle(self, *args: Any, **options: Any) -> None:
        key = bytes.fromhex(settings.KEYS.context_key).ljust(BLOCK_BYTES, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local role reachin_guard")
            cursor.execute(
                "insert into reachin.signing_key values (1, %s, %s) on conflict (id) do update set inner_pad = excluded.inner_pad, "
                "outer_pad = excluded.outer_pad",
                [inner, outer],
            )
