"""Reads a page as a browser and a screen reader do: ids, labels, descriptions, headings, and the words between the tags."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass(repr=False)
class Element:
    """One element: its tag, attributes, words (with those of its children), and the elements around it."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...]
    words: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def has(self, name: str) -> bool:
        return name in self.attributes


@dataclass(repr=False)
class Page(HTMLParser):
    """A parsed page. Raises AssertionError for a tag that closes what is not open, or stays open."""

    source: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)
        self.close()
        assert not self.open, f"never closed: {[element.tag for element in self.open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID and any(element.tag == "svg" for element in self.open[:-1]):  # only within a picture does "/>" close
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.words += data

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def by_class(self, name: str) -> list[Element]:
        return [element for element in self.elements if name in element.get("class").split()]

    def by_id(self, identity: str) -> Element:
        found = [element for element in self.elements if element.get("id") == identity]
        assert len(found) == 1, f"{len(found)} elements have the id {identity!r}"
        return found[0]

    def named(self, name: str) -> list[Element]:
        return [element for element in self.elements if element.get("name") == name]


def problems_for_people(page: Page) -> list[str]:
    """What would stand in somebody's way: doubled ids, inputs without a name, descriptions and links that lead nowhere, headings."""
    ids = [element["id"] for element in page.elements if element.has("id")]
    found = [f"id twice: {identity}" for identity in sorted({identity for identity in ids if ids.count(identity) > 1})]
    labelled = {label["for"] for label in page.all("label") if label.words.strip()}
    for element in page.elements:
        if element.tag in ("input", "select", "textarea") and element.get("type") != "hidden" and element.get("id") not in labelled:
            found.append(f"no label: {element.get('name')}")
        for attribute in ("aria-describedby", "aria-labelledby", "for"):
            found += [f"{attribute} leads nowhere: {target}" for target in element.get(attribute).split() if target not in ids]
        found += [f"{name} on <{element.tag}>" for name in element.attributes if name.startswith("on") or name in ("style", "maxlength")]
        if element.tag in ("a", "button") and not element.words.strip():
            found.append(f"no words in <{element.tag}>")
    found += [f"the summary leads nowhere: {link['href']}" for link in summary_links(page) if link["href"].removeprefix("#") not in ids]
    if len(page.all("h1")) != 1:
        found.append(f"{len(page.all('h1'))} h1")
    if not page.all("title")[0].words.strip() or not page.all("html")[0].get("lang"):
        found.append("no title or language")
    return found


def summary_links(page: Page) -> list[Element]:
    """The links of the error summary."""
    return [link for link in page.all("a") if any("ds_error-summary" in outer.get("class") for outer in link.around)]
