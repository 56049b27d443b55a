"""What must be so whatever the policies say: told by who somebody is and not by what the database answered before."""

from collections.abc import Iterator, Sequence

from psycopg import sql

from workshop.proofs.guards_probes import Probes, Reading
from workshop.proofs.world import World
from workshop.servers import Connection

OF_THE_WORLD = "select coalesce(string_agg(ctid::text, ' '), '') from {} t where to_jsonb(t)::text ~ %s"


def broken(table: str, probes: Probes, places: Sequence[int], seen: Reading, told: str) -> Iterator[str]:
    """Facts about one table that do not hold for those at these places.

    `told` are the places of the rows that belong to the family of the walked world.
    """
    for place in places:
        who = probes.who[place]
        answer: str = seen[f"{table} seen by {who.name}"]
        if who.kind == "nobody" or who.flaw in ("forged", "expired", "too long", "outdated"):
            if not answer.startswith("refused"):
                yield f"{table}: {who.name} is answered"
        elif who.kind in ("visitor", "stranger") and who.family is None and answer:
            yield f"{table}: {who.name} sees rows"
        elif who.flaw == "opening" and answer != seen.get(f"{table} seen by {bare_name(who.name)}", answer):
            yield f"{table}: {who.name} sees other rows than without it"
        elif who.family is None and not who.flaw and who.kind in ("family", "staff") and set(answer.split()) & set(told.split()):
            yield f"{table}: {who.name} sees rows of another family"


def bare_name(name: str) -> str:
    """The name of the same actor without an opening."""
    return f"{name.split(' with an opening', maxsplit=1)[0]} with nothing open"


def rows_of_the_family(admin: Connection, world: World, table: str) -> str:
    """The places of the rows that name the family's request or anybody in it, blocks and messages included."""
    ids = [str(world.requests["family's"].id), *people_of(admin, world)]
    row = admin.execute(sql.SQL(OF_THE_WORLD).format(sql.Identifier(table)), ["|".join(ids)]).fetchone()
    return str(row[0]) if row else ""


def people_of(admin: Connection, world: World) -> list[str]:
    """The ids of the people, and their aliases, in the family's request."""
    rows = admin.execute(
        "select a.id::text, a.person_id::text from requests_for_assistance_requestperson p join people_personalias a on a.id = p.alias_id"
        " where p.request_for_assistance_id = %s",
        [world.requests["family's"].id],
    ).fetchall()
    return [id_ for row in rows for id_ in row]
