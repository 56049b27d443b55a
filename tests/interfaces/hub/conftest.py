import pytest

from .partnership import Partnership, make_partnership


@pytest.fixture
def partnership(db: None) -> Partnership:
    """The invented partnership, in an empty database."""
    return make_partnership()
