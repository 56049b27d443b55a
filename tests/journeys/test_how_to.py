"""The how-tos show what the journeys took, and nothing is taken for nobody."""

import re
from pathlib import Path

from tests.journeys import pictures

TAKEN = re.compile(r'\.picture\(\s*"([\w-]+)"')
SHOWN = re.compile(r"pictures/([\w-]+)\.png")
MOST_BYTES = 150_000


def test_every_picture_of_the_how_tos_is_taken_by_a_journey_and_every_one_taken_is_shown() -> None:
    shown = {name for page in pictures.FOLDER.parent.glob("*.md") for name in SHOWN.findall(page.read_text("utf-8"))}
    taken = {name for journey in Path(__file__).parent.glob("test_*.py") for name in TAKEN.findall(journey.read_text("utf-8"))}
    kept = {picture.stem for picture in pictures.FOLDER.glob("*.png")}
    assert shown == taken == kept


def test_pictures_are_small() -> None:
    assert {picture.name: size for picture in pictures.FOLDER.glob("*.png") if (size := picture.stat().st_size) > MOST_BYTES} == {}
