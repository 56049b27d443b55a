from collections.abc import Mapping
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reachin.groundwork.ids import new_id

from .enums import AreaKind


class Area(models.Model):
    """A council area, health board, partnership or country, by its official code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, db_index=True)
    kind = models.CharField(max_length=20, choices=AreaKind)
    is_invented = models.BooleanField(default=False)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "code": "safe",
        "name": "safe",
        "name_key": "safe",
        "kind": "safe",
        "is_invented": "safe",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(kind__in=AreaKind.values), name="area_kind_known")]

    def __str__(self) -> str:
        return self.name


class Postcode(models.Model):
    """A postcode's middle and the areas that it lies in; an area is an empty text where the directory names none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=8, unique=True)
    outward = models.CharField(max_length=4, db_index=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    council_code = models.CharField(max_length=9, blank=True)
    health_board_code = models.CharField(max_length=9, blank=True)
    hscp_code = models.CharField(max_length=9, blank=True)
    other_area_codes = ArrayField(models.CharField(max_length=9), default=list)
    """Where a border runs through it: the areas on the other side."""

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "code": "safe",
        "other_area_codes": "safe",
        "outward": "safe",
        "latitude": "safe",
        "longitude": "safe",
        "council_code": "safe",
        "health_board_code": "safe",
        "hscp_code": "safe",
    }

    def __str__(self) -> str:
        return self.code


class NamedPlace(models.Model):
    """A town, village or island that people name instead of a postcode. Two of one name in different councils are two rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)
    postcode = models.CharField(max_length=8, blank=True)
    """A postcode in its middle, or the first part of one; empty when not known."""
    latitude = models.FloatField()
    longitude = models.FloatField()
    council_code = models.CharField(max_length=9, blank=True)
    health_board_code = models.CharField(max_length=9, blank=True)
    hscp_code = models.CharField(max_length=9, blank=True)
    is_invented = models.BooleanField(default=False)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "name": "safe",
        "name_key": "safe",
        "postcode": "safe",
        "latitude": "safe",
        "longitude": "safe",
        "council_code": "safe",
        "health_board_code": "safe",
        "hscp_code": "safe",
        "is_invented": "safe",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name_key", "council_code"], name="named_place_once_a_council")]

    def __str__(self) -> str:
        return self.name
