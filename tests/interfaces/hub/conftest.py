from typing import Any

import pytest

from .partnership import Partnership, make_partnership


@pytest.fixture
def partnership(db: None, settings: Any) -> Partnership:
    """The invented partnership, in an empty database."""
    settings.ROOT_URLCONF = "tests.interfaces.hub.addresses"
    return make_partnership()
