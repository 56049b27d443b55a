"""The keys by which the database knows a signed context, as it keeps them: never as they are, but for sha256 alone to make an HMAC of."""

from datetime import timedelta

from django.db import connections, transaction

from .context import LIFETIME_SECONDS

BLOCK_BYTES = 64
ACCEPTED_FOR = timedelta(seconds=5 * LIFETIME_SECONDS)
IN_FORCE, OTHER = 1, 2


def keep(key: str, place: int, *, using: str) -> None:
    """Accepts contexts that are signed with this key (hex). As the owner."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("set local role reachin_guard")
        cursor.execute(
            "insert into reachin.signing_key (id, inner_pad, outer_pad) values (%s, %s, %s) on conflict (id) do update"
            " set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad, accepted_until = null",
            [place, *_pads(key)],
        )


def is_kept(key: str, place: int, *, using: str) -> bool:
    """Whether that place holds this key (hex). As the owner."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("set local role reachin_guard")
        cursor.execute("select 1 from reachin.signing_key where id = %s and inner_pad = %s", [place, _pads(key)[0]])
        return cursor.fetchone() is not None


def change_places(*, using: str) -> None:
    """The other key is in force; the one before is accepted until no context that it signed can live any more. As the owner."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("set local role reachin_guard")
        cursor.execute("update reachin.signing_key set id = id - 10 where id in (1, 2)")
        cursor.execute(
            "update reachin.signing_key set id = case id when -8 then 1 else 2 end,"
            " accepted_until = case id when -8 then null else reachin.clock() + make_interval(secs => %s) end where id in (-8, -9)",
            [ACCEPTED_FOR.total_seconds()],
        )


def _pads(key: str) -> tuple[bytes, bytes]:
    filled = bytes.fromhex(key).ljust(BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in filled), bytes(byte ^ 0x5C for byte in filled)
