"""Catalogues hold what the pages say, no more and no less, and are compiled for them."""

import argparse
import gettext
from collections.abc import Callable
from pathlib import Path

import pytest

from workshop import catalogues, places

HEADER = """
msgid ""
msgstr ""
"Language: gd\\n"
"Plural-Forms: nplurals=4; plural=(n==1 || n==11) ? 0 : (n==2 || n==12) ? 1 : (n > 2 && n < 20) ? 2 : 3;\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
FULL = """
msgid "Help for %(name)s"
msgstr "Cuideachadh do %(name)s"

msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s latha"
msgstr[1] "%(n)s latha"
msgstr[2] "%(n)s làithean"
msgstr[3] "%(n)s latha"
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A checkout with one page, whose catalogue is given."""
    page = tmp_path / "reachin" / "page" / "jinja2" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        "{% macro greeting(name) %}{{ _('Help for %(name)s', name=name) }}{% endmacro %}{{ ngettext('%(n)s day', '%(n)s days', 3, n=3) }}"
    )
    (tmp_path / "demo").mkdir()
    (tmp_path / "pyproject.toml").write_text((places.ROOT / "pyproject.toml").read_text())
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "reachin" / "locale")
    path = tmp_path / "reachin" / "locale" / "gd" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)

    def write(texts: str) -> Path:
        path.write_text(HEADER + texts)
        return path

    return write


def test_a_full_catalogue_is_current_and_compiled(catalogue: Callable[[str], Path]) -> None:
    path = catalogue(FULL)
    assert catalogues.are_current()
    catalogues.compile_all()
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.ngettext("%(n)s day", "%(n)s days", 3) == "%(n)s làithean"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("", "lacks 'Help for %(name)s'"),
        (FULL + '\nmsgid "Gone"\nmsgstr "Air falbh"\n', "no page says any more"),
        (FULL.replace("do %(name)s", "do %(ainm)s"), "unknown named placeholder"),
    ],
)
def test_what_differs_is_said(catalogue: Callable[[str], Path], capsys: pytest.CaptureFixture[str], texts: str, said: str) -> None:
    catalogue(texts)
    assert not catalogues.are_current()
    assert said in capsys.readouterr().out


def test_gathering_keeps_translations_and_the_four_plurals(catalogue: Callable[[str], Path]) -> None:
    path = catalogue('\nmsgid "Help for %(name)s"\nmsgstr "Cuideachadh do %(name)s"\n')
    assert catalogues.main(argparse.Namespace()) == 0
    assert catalogues.are_current()
    assert "Cuideachadh do" in path.read_text()
    assert "msgstr[3]" in path.read_text()
