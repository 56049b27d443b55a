"""A name that is not there is an error on every page, never an empty place."""

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from jinja2 import StrictUndefined


def test_undefined_names_are_errors() -> None:
    backends = engines.all()
    assert backends
    for backend in backends:
        assert isinstance(backend, Jinja2), "pages are Jinja2 only"
        assert backend.env.undefined is StrictUndefined
