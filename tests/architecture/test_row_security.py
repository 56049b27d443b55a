"""Every table is guarded by forced row security, or listed as exempt with a reason; and the application's role cannot get round it."""

from reachin.groundwork.audited_access.exempt import EXEMPT, EXEMPT_ROOMS
from workshop import doctor
from workshop.servers import Connection


def tables(admin: Connection) -> set[str]:
    return {
        str(name)
        for (name,) in admin.execute("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")
    }


def test_every_table_is_guarded_or_exempt(admin: Connection) -> None:
    assert doctor.unguarded_tables(admin) == []


def test_the_list_of_exempt_tables_is_true(admin: Connection) -> None:
    assert set(EXEMPT) <= tables(admin), "an exempt table does not exist"
    assert all(any(table.startswith(room) for table in tables(admin)) for room in EXEMPT_ROOMS)
    assert all(reason.strip() for reason in [*EXEMPT.values(), *EXEMPT_ROOMS.values()])


def test_something_is_guarded(admin: Connection) -> None:
    assert tables(admin) - set(EXEMPT) - {table for table in tables(admin) if table.startswith(tuple(EXEMPT_ROOMS))}


def test_the_applications_role_has_no_way_round(admin: Connection) -> None:
    assert doctor.application_role(admin) is None


def test_an_unguarded_table_is_found(admin: Connection) -> None:
    admin.execute("create table public.forgotten (id int)")
    try:
        assert doctor.unguarded_tables(admin) == ["forgotten"]
    finally:
        admin.execute("drop table public.forgotten")
