"""Changes to the directory: whole sources are read, and single services are closed, confirmed, and given a wait or free places.

Reading a source takes long, so it opens `acting` itself, a transaction for each batch; the others run in the caller's.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.permissions.enums import Permission
from reachin.groundwork.permissions.rules import may
from reachin.partnership.accounts.models import Account

from .enums import ServiceStatus
from .fetching import Bundle, Fetcher, bring
from .models import ImportProblem, ImportRun, Service, Source
from .reading.charmcare import read_folder
from .reading.open_referral import read_document
from .reading.shapes import Problem, Readings, ServiceReading
from .rules import may_close
from .storing import Shelves, Stored

BATCH = 200
LOCK_SPACE = 7271
"""Where the locks of sources lie among PostgreSQL's advisory locks."""

Progress = Callable[[int], None]
"""Told now and then how many entries have been dealt with."""


class ImportIsRunning(Exception):
    """This source is being read by somebody else at this moment."""


def tell_nobody(entries: int) -> None:
    """For those who do not watch."""


def load_services(
    place: str,
    *,
    source_name: str = "",
    by: Actor,
    now: datetime,
    fetcher: Fetcher | None = None,
    close_missing: bool = False,
    days_later: int = 0,
    is_invented: bool = False,
    progress: Progress = tell_nobody,
) -> ImportRun:
    """Reads the services at a path or web address (Open Referral UK 3.0 and 1.x, or a folder of tables) into the directory.

    New services are added, changed ones updated, those that the source no longer lists are closed, never deleted. Problems are kept
    with the run, each with where, line and reason. `close_missing` closes them even when more than half have vanished; `days_later`
    moves the dates of an invented source. Raises CannotFetch when there is nothing to read, ImportIsRunning when somebody else
    reads this source now, PermissionDenied, and RuntimeError within a transaction.
    """
    if not _may_import(by):
        raise PermissionDenied
    bundle = bring(place, fetcher=fetcher or Fetcher())
    with acting(by):
        source = _source(source_name or usual_name(place), address=place, is_invented=is_invented)
    with _alone(source):
        reading = _Reading(source, by=by, now=now, progress=progress)
        reading.store_all(one.later_by(days_later) if isinstance(one, ServiceReading) else one for one in read(bundle))
        return reading.finish(close_missing=close_missing)


def read(bundle: Bundle) -> Readings:
    """Everything that was brought, as readings and problems in order."""
    if bundle.tables:
        yield from read_folder(bundle.tables)
    for document in bundle.documents:
        if isinstance(document, Problem):
            yield document
        else:
            yield from read_document(document)


@dataclass(slots=True)
class _Reading:
    """One run over a source, batch by batch."""

    source: Source
    by: Actor
    now: datetime
    progress: Progress
    run: ImportRun = field(init=False)
    shelves: Shelves = field(init=False)
    seen: dict[str, int] = field(default_factory=dict)
    is_whole: bool = True

    def __post_init__(self) -> None:
        with acting(self.by):
            self.run = ImportRun.objects.create(source=self.source, began_at=self.now, began_by=_who(self.by))
            record("directory.import_began", subject_kind="import_run", subject_id=self.run.id)
        self.shelves = Shelves(self.source)

    def store_all(self, readings: Iterable[ServiceReading | Problem]) -> None:
        rest = iter(readings)
        while batch := list(islice(rest, BATCH)):
            good, problems = self._sorted_out(batch)
            with acting(self.by):
                self._count(good, self.shelves.store(good, today=self.now.date()))
                self._keep(problems)
                self.run.save()
            self.progress(self.run.read)

    def finish(self, *, close_missing: bool) -> ImportRun:
        """Closes what is no longer listed, unless the reading broke off or too much would vanish; then the run is ended."""
        still_open = Service.objects.filter(source=self.source).exclude(status=ServiceStatus.CLOSED)
        listed = list(still_open.values_list("id", "source_key"))
        gone = [service_id for service_id, key in listed if key not in self.seen]
        if gone and self.is_whole and not close_missing and not may_close(listed=len(listed), seen=len(listed) - len(gone)):
            reason = f"{len(gone):,} of {len(listed):,} services are no longer listed: none was closed, somebody should look first"
            with acting(self.by):
                self._keep([Problem(self.source.name, 0, reason, is_refused=False)])
        elif self.is_whole:
            self._close(gone)
        with acting(self.by):
            self.shelves.put_on_map()
            self.run.ended_at, self.run.ended_by = self.now, _who(self.by)
            self.run.save()
            record("directory.import_ended", subject_kind="import_run", subject_id=self.run.id)
        return self.run

    def _sorted_out(self, batch: list[ServiceReading | Problem]) -> tuple[list[ServiceReading], list[Problem]]:
        """The services of a batch and its problems; a key that came before is a problem."""
        good: list[ServiceReading] = []
        problems = [one for one in batch if isinstance(one, Problem)]
        for one in batch:
            if isinstance(one, Problem):
                self.is_whole = self.is_whole and not one.is_break
            elif one.key in self.seen:
                problems.append(Problem(one.where, one.line, f"{one.name}: id {one.key} was already on line {self.seen[one.key]}"))
            else:
                self.seen[one.key] = one.line
                good.append(one)
        return good, problems

    def _count(self, good: list[ServiceReading], stored: Stored) -> None:
        self.run.read += len(good)
        self.run.added += len(stored.added)
        self.run.changed += len(stored.changed)
        self.run.unchanged += len(good) - len(stored.keys)

    def _keep(self, problems: list[Problem]) -> None:
        refused = sum(problem.is_refused for problem in problems)
        self.run.read += refused
        self.run.refused += refused
        ImportProblem.objects.bulk_create(
            ImportProblem(run=self.run, where=one.where[:300], line=one.line, reason=one.reason, is_refused=one.is_refused)
            for one in problems
        )

    def _close(self, services: list[UUID]) -> None:
        for start in range(0, len(services), BATCH):
            with acting(self.by):
                for service in services[start : start + BATCH]:
                    # Without its digest it will count as changed, and open again, when its source lists it again.
                    Service.objects.filter(id=service).update(status=ServiceStatus.CLOSED, closed_on=self.now.date(), digest="")
                    record("service.closed", subject_kind="service", subject_id=service, fields=["status", "closed_on"])
                    self.run.closed += 1


def close_service(service: Service, *, by: Account, now: datetime) -> Service:
    """Closes a service: it is no longer found or suggested, and stays in the record. Raises PermissionDenied."""
    return _change(service, "service.closed", by=by, status=ServiceStatus.CLOSED, closed_on=now.date())


def confirm_service(service: Service, *, by: Account, now: datetime) -> Service:
    """Somebody who knows says that the entry is right as of now. Raises PermissionDenied."""
    return _change(service, "service.confirmed", by=by, confirmed_on=now.date())


def set_wait(service: Service, *, by: Account, days: int | None, words: str = "", now: datetime) -> Service:
    """States the wait from asking to first help, in days and in the service's own words; None is not known. Raises PermissionDenied."""
    return _change(service, "service.wait_stated", by=by, wait_days=days, wait_words=words, wait_stated_on=now.date())


def set_places_free(service: Service, *, by: Account, places_free: int | None, now: datetime) -> Service:
    """States how many places are free; None is not known. Raises PermissionDenied."""
    return _change(service, "service.places_stated", by=by, places_free=places_free, confirmed_on=now.date())


def _change(service: Service, event: str, *, by: Account, **values: object) -> Service:
    locked = Service.objects.select_for_update(of=("self",)).select_related("organisation").get(id=service.id)
    if not by.may(Permission.DIRECTORY_IMPORT) and (not by.is_active or by.agency_id != locked.organisation.agency_id):
        raise PermissionDenied
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    record(event, subject_kind="service", subject_id=locked.id, fields=list(values))
    return locked


def _may_import(by: Actor) -> bool:
    return by.kind == "system" or (by.kind == "staff" and may(by.role, Permission.DIRECTORY_IMPORT))


def usual_name(place: str) -> str:
    """What a source is called that was given no name: its address, or its whole path, so that one folder is not two sources."""
    return place.rstrip("/") if "://" in place else str(Path(place).resolve())


def _source(name: str, *, address: str, is_invented: bool) -> Source:
    source, _ = Source.objects.get_or_create(name=name[-120:], defaults={"address": address[:500], "is_invented": is_invented})
    return source


@contextmanager
def _alone(source: Source) -> Iterator[None]:
    """Holds the source for this session; it is free again when the session ends, however it ends."""
    number = int(source.id.int % 2**31)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, number])
        [got] = cursor.fetchone() or [False]
        if not got:
            raise ImportIsRunning(f"{source.name} is being read at this moment")
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s, %s)", [LOCK_SPACE, number])


def _who(actor: Actor) -> str:
    return f"{actor.kind} {actor.user or actor.role}".strip()
