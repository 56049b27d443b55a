from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext as _

from reachin.groundwork.ids import new_id
from reachin.groundwork.languages.fields import TextInLanguagesField
from reachin.groundwork.languages.text import TextInLanguages
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.rules import SCOTLAND

from .enums import AccessNeed, Delivery, ForWhom, Need, ServiceStatus, TermKind


def _codes(longest: int = 30) -> "ArrayField[Sequence[str], list[str]]":
    return ArrayField(models.CharField(max_length=longest), default=list, blank=True)


def _known(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__contained_by": choices.values}), name=name)


def among(field: str, ids: Sequence[UUID]) -> models.Func:
    """For `filter(among("id", ids))`: one prepared statement whatever their number, where `__in` would make one for each length."""
    listed = models.Value(list(ids), output_field=ArrayField(models.UUIDField()))
    return models.Func(models.F(field), listed, template="%(expressions)s)", arg_joiner=" = any(", output_field=models.BooleanField())


class Source(models.Model):
    """Where entries were read: a feed, a file, or the demonstration. Entries keep the identifiers that they have there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    address = models.CharField(max_length=500, blank=True)
    licence = models.CharField(max_length=300, blank=True)
    is_invented = models.BooleanField(default=False)

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "name": "safe", "address": "safe", "licence": "safe", "is_invented": "safe"}

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """Who runs a service. It may also be one of the partnership's agencies."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="organisations")
    source_key = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="organisations")
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    website = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """Of what was last read, to tell whether anything changed."""

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "source": "safe",
        "source_key": "safe",
        "agency": "safe",
        "name": "safe",
        "description": "safe",
        "website": "safe",
        "email": "safe",
        "phone": "safe",
        "digest": "safe",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "source_key"], name="organisation_once_a_source")]

    def __str__(self) -> str:
        return self.name


class ServiceQuerySet(models.QuerySet["Service"]):
    def open(self) -> Self:
        """Services that help people now."""
        return self.filter(status=ServiceStatus.OPEN)

    def taking_requests(self) -> Self:
        """Open services to which a request may be sent through Reach In."""
        return self.open().filter(takes_requests=True)

    def about(self, needs: Collection[str]) -> Self:
        """Services that help with one of these needs at least; all of them when none is named."""
        return self.filter(needs__overlap=sorted(needs)) if needs else self

    def offered_to(self, area_codes: Collection[str]) -> Self:
        """Services for one of these areas, and those of which no area is known: an unknown area never excludes."""
        if not area_codes:
            return self
        return self.filter(models.Q(area_codes__overlap=sorted({*area_codes, SCOTLAND})) | models.Q(area_codes=[]))

    def for_ages(self, ages: Collection[int]) -> Self:
        """Services that one of these ages (years) at least may use; an unknown limit is no limit."""
        fits = models.Q()
        for age in sorted(set(ages)):
            fits |= (models.Q(min_age=None) | models.Q(min_age__lte=age)) & (models.Q(max_age=None) | models.Q(max_age__gte=age))
        return self.filter(fits)

    def candidates_for(self, *, needs: Collection[str], area_codes: Collection[str], ages: Collection[int] = ()) -> Self:
        """Services that may suit, for ranking by matching: open, taking requests, about the needs, not for others' areas or ages only."""
        return self.taking_requests().about(needs).offered_to(area_codes).for_ages(ages)


class Service(models.Model):
    """Help that is offered. Empty lists and missing numbers mean that it is not known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="services")
    source_key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, blank=True)
    """Of what was last read, to tell whether anything changed."""
    last_seen_on = models.DateField(null=True)
    """The last day on which its source still listed it."""

    name = models.CharField(max_length=300)
    public_name = TextInLanguagesField()
    sort_key = models.CharField(max_length=300)
    """The name without accents and case, to sort by."""
    description = models.TextField(blank=True)
    eligibility = models.TextField(blank=True)
    how_to_apply = models.TextField(blank=True)
    opening = models.TextField(blank=True)
    fees = models.TextField(blank=True)
    is_free = models.BooleanField(null=True)
    phone = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True)
    website = models.CharField(max_length=500, blank=True)

    needs = _codes()
    min_age = models.PositiveSmallIntegerField(null=True)
    max_age = models.PositiveSmallIntegerField(null=True)
    only_for = _codes()
    languages = _codes(8)
    has_interpreter = models.BooleanField(null=True)
    access_met = _codes()
    access_unmet = _codes()
    delivery = _codes()
    area_codes = _codes(9)
    area_words = models.TextField(blank=True)
    """What the service says of its area in words that name no official area."""

    status = models.CharField(max_length=10, choices=ServiceStatus, default=ServiceStatus.OPEN)
    closed_on = models.DateField(null=True)
    takes_requests = models.BooleanField(default=True)
    is_masked = models.BooleanField(default=False)
    """Its name is kept out of statuses, texts, agendas and prints (women's aid, addiction, immigration, sexual health)."""
    wait_words = models.TextField(blank=True)
    wait_days = models.PositiveSmallIntegerField(null=True)
    wait_stated_on = models.DateField(null=True)
    capacity = models.PositiveIntegerField(null=True)
    places_free = models.PositiveIntegerField(null=True)
    confirmed_on = models.DateField(null=True)
    """When somebody who knows last said that all this is right."""

    privacy: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            *("id", "organisation", "source", "source_key", "digest", "last_seen_on", "name", "public_name", "sort_key", "description"),
            *("eligibility", "how_to_apply", "opening", "fees", "is_free", "phone", "email", "website", "needs", "min_age", "max_age"),
            *("only_for", "languages", "has_interpreter", "access_met", "access_unmet", "delivery", "area_codes", "area_words", "status"),
            *("closed_on", "takes_requests", "is_masked", "wait_words", "wait_days", "wait_stated_on", "capacity", "places_free"),
            "confirmed_on",
        ),
        "safe",
    )

    objects = ServiceQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["needs"], name="service_by_need"),
            models.Index(fields=["status", "sort_key"], name="service_by_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_key"], name="service_once_a_source"),
            models.CheckConstraint(condition=models.Q(status__in=ServiceStatus.values), name="service_status_known"),
            models.CheckConstraint(
                condition=models.Q(status=ServiceStatus.CLOSED, closed_on__isnull=False)
                | (~models.Q(status=ServiceStatus.CLOSED) & models.Q(closed_on=None)),
                name="service_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(min_age=None) | models.Q(max_age=None) | models.Q(min_age__lte=models.F("max_age")),
                name="service_ages_in_order",
            ),
            _known("needs", Need, "service_needs_known"),
            _known("only_for", ForWhom, "service_only_for_known"),
            _known("delivery", Delivery, "service_delivery_known"),
            _known("access_met", AccessNeed, "service_access_met_known"),
            _known("access_unmet", AccessNeed, "service_access_unmet_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def shown_name(self) -> TextInLanguages:
        """Its name for families: in Gaelic where it has one, else as its source calls it."""
        return TextInLanguages(en=self.public_name.en or self.name, gd=self.public_name.gd)


class Location(models.Model):
    """A place where services meet people. No coordinates, and it still counts as a place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="locations")
    source_key = models.CharField(max_length=200)
    name = models.CharField(max_length=300, blank=True)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    access_words = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "source": "safe",
        "source_key": "safe",
        "name": "safe",
        "address": "safe",
        "postcode": "safe",
        "latitude": "safe",
        "longitude": "safe",
        "access_words": "safe",
        "digest": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_key"], name="location_once_a_source"),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90.0, 90.0), longitude__range=(-180.0, 180.0)),
                name="location_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.postcode


class ServiceAtLocation(models.Model):
    """A service meets people at a location. The row goes when it no longer does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="at_locations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="at_services")

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "service": "safe", "location": "safe"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "location"], name="service_at_location_once")]

    def __str__(self) -> str:
        return str(self.id)


class TaxonomyTerm(models.Model):
    """A word of a source's own list of words, and the needs that we take it to mean."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="terms")
    source_key = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    taxonomy = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=TermKind, default=TermKind.SERVICE)
    needs = _codes()
    digest = models.CharField(max_length=64, blank=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "source": "safe",
        "source_key": "safe",
        "name": "safe",
        "taxonomy": "safe",
        "kind": "safe",
        "needs": "safe",
        "digest": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_key"], name="term_once_a_source"),
            models.CheckConstraint(condition=models.Q(kind__in=TermKind.values), name="term_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceTerm(models.Model):
    """A source says this word of a service. The row goes when it no longer does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="terms")
    term = models.ForeignKey(TaxonomyTerm, on_delete=models.PROTECT, related_name="services")

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "service": "safe", "term": "safe"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "term"], name="service_term_once")]

    def __str__(self) -> str:
        return str(self.id)


class ImportRun(models.Model):
    """One reading of a source: what came of it. Not ended means that it was broken off; running it again completes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "source": "safe",
        "began_at": "safe",
        "began_by": "identifies",
        "ended_at": "safe",
        "ended_by": "identifies",
        "read": "safe",
        "added": "safe",
        "changed": "safe",
        "unchanged": "safe",
        "refused": "safe",
        "closed": "safe",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by="") | (models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")),
                name="import_run_ended_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.began_at:%Y-%m-%d %H:%M}"


class ImportProblem(models.Model):
    """Something that did not make sense in a source. Refused: the entry was left out; otherwise it was kept without that detail."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    where = models.CharField(max_length=300)
    line = models.PositiveIntegerField()
    reason = models.TextField()
    is_refused = models.BooleanField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "run": "safe",
        "where": "safe",
        "line": "safe",
        "reason": "safe",
        "is_refused": "safe",
    }

    def __str__(self) -> str:
        return f"{self.where}, line {self.line}: {self.reason}"


def masked_name() -> str:
    """What a masked service is called, in the active language, wherever its name could give somebody away."""
    return _("A support service")
