"""What the conditions of policies and functions ask of the rows, read from their words: each way in which one of them can hold.

A condition is `a and (b or c)`; it holds in two ways, {a, b} and {a, c}. For each way a family of rows is made of which it is true.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workshop.proofs.guards_words import REFUSES, Word, words_of

Way = Mapping[tuple[str, str], str]
"""By table and column what has to stand there: "=" and a word, or one of null, some, true, false, past, future, signer, another, agency,
elsewhere, user, scope, person, opened and a kind, as and another column. By a table alone: "missing", where no row may be there, and
"there", where it is asked at all."""
MOST_WAYS = 24
AFTER = {"group", "order", "limit", "union", "returning", "having", ";", "into", "loop", "then"}
JOINS = {"where", "join", "left", "cross", "inner", "on"}
DEEP = 2
ASKED = re.compile(r"\(\s*select\s+(reachin\.\w+\([^()]*\))(?:\s+as\s+\w+)?\s*\)", re.IGNORECASE)
CAST = re.compile(r"::[a-z]\w*(?: varying| with time zone)?(\[\])?")
TABLE = re.compile(r"\b(?:from|join)\s+\(*(?:public\.)?(\w+)\s+(?!where\b|on\b|join\b|cross\b|left\b)(\w+)", re.IGNORECASE)
DECLARED = re.compile(r"\b(\w+)\s+public\.(\w+)\s*;")
CALLED = re.compile(r"reachin\.(\w+)\(")
COLUMN = r"^(?:(?P<of>\w+)\.)?(?P<column>\w+) *"
ASKS: tuple[tuple[str, str], ...] = (
    (r"= '(?P<word>[\w. -]+)'$", "="),
    (r"= any \(array\['(?P<word>[\w. -]+)'.*", "="),
    (r"in \('(?P<word>[\w. -]+)'.*", "="),
    (r"is null$", "null"),
    (r"is not null$", "some"),
    (r"= reachin\.opened\('(?P<word>\w+)'.*", "opened"),
    (r"= any \(+(reachin\.opened_people|coalesce\(reachin\.opened_people).*", "person"),
    (r"= any \(+reachin\.stands_in_for.*", "elsewhere"),
    (r"= reachin\.(opened_own|own_person)\(\)$", "person"),
    (r"= reachin\.signer\(\)$", "signer"),
    (r"<> reachin\.(signer|acting_user)\(\)$", "another"),
    (r"= reachin\.acting_agency\(\)$", "agency"),
    (r"= reachin\.acting_user\(\)$", "user"),
    (r"= reachin\.(family_scope|acting_scope|own_scope)\(\)$", "scope"),
    (r"> \(*reachin\.clock\(\).*", "future"),
    (r"<=? \(*reachin\.clock\(\).*", "past"),
    (r">=? \w+\.\w+$", "future"),
    (r"$", "true"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """Where a condition stands: the whole text around it, and the table whose columns need no name before them."""

    condition: str
    whole: str
    table: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the guard: its body, and what its arguments are called in it."""

    body: str
    arguments: tuple[str, ...] = ()

    def asked_with(self, told: Sequence[str], table: str, columns: Collection[str]) -> str:
        """The body where each argument that is told by a column of the table is this column."""
        body = self.body
        for argument, value in zip(self.arguments, told, strict=False):
            column = _bare(value).rpartition(".")[2]
            if column in columns:
                body = re.sub(rf"(?<![.\w]){argument}\b", f"{table}.{column}", body)
        return body


def ways(policies: Iterable[tuple[str, str]], bodies: Mapping[str, Function], tables: Mapping[str, Collection[str]]) -> list[Way]:
    """Every way in which a policy (its table, its condition) or a condition of a function can hold; `tables` with their columns."""
    found: dict[frozenset[tuple[tuple[str, str], str]], Way] = {}
    places = [Said(condition, condition, table) for table, condition in policies]
    places += [Said(condition, one.body, "") for one in bodies.values() for condition in conditions(one.body)]
    for place in places:
        for way in _ways(place, bodies, tables, DEEP):
            if any(what != "there" for what in way.values()):
                found.setdefault(frozenset(way.items()), way)
    return list(found.values())


def _ways(place: Said, bodies: Mapping[str, Function], tables: Mapping[str, Collection[str]], deep: int) -> list[Way]:
    named = {alias: table for table, alias in TABLE.findall(place.whole)} | dict(DECLARED.findall(place.whole))
    found: list[Way] = []
    for terms in branches(place.condition)[:MOST_WAYS]:
        way: dict[tuple[str, str], str] = {}
        for term in terms:
            way = dict(_with(way, _asks(term, place.table, named, tables)))
        more: list[list[Way]] = [[way]]
        for name, told in _calls(terms) if deep else ():
            body = bodies[name].asked_with(told, place.table, tables.get(place.table, ())) if name in bodies else ""
            under = [w for asked in conditions(body) for w in _ways(Said(asked, body, ""), bodies, tables, deep - 1) if w]
            more.append(under[:4] or [{}])
        for one in itertools.islice(itertools.product(*more), MOST_WAYS):
            whole: Way = {}
            for part in one:
                whole = _with(whole, part)
            there: Way = {(table, ""): "there" for table in named.values() if table in tables}
            found.append(_with(whole, there))
    return found[:MOST_WAYS]


def _calls(terms: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The functions that are called, each once, and with what."""
    found: dict[str, list[str]] = {}
    for term in terms:
        for match in CALLED.finditer(term):
            rest = term[match.end() - 1 :]
            words = words_of(rest)
            inner = rest[1 : words[_closes(words)].begins]
            found.setdefault(match[1], _split(inner, words_of(inner), ","))
    return list(found.items())


def _with(way: Way, more: Way) -> Way:
    """Both, where the first counts more."""
    return {**more, **way}


def _asks(term: str, table: str, named: Mapping[str, str], tables: Mapping[str, Collection[str]]) -> Way:
    """What this one term asks of a column, if anything that a row can say."""
    said = term.strip()
    if re.match(r"not exists\s*\(", _bare(said), re.IGNORECASE):
        return {(absent, ""): "missing" for absent, _ in TABLE.findall(said)[:1] if absent in tables}
    refuses = bool(re.match(r"not\b", said, re.IGNORECASE))
    said = _bare(said[3:] if refuses else said)
    if re.search(r" is not distinct from ", said, re.IGNORECASE):
        said = re.sub(r" is not distinct from ", " = ", said, flags=re.IGNORECASE)
    elif refuses and re.search(r" is distinct from ", said, re.IGNORECASE):
        refuses, said = False, re.sub(r" is distinct from ", " = ", said, flags=re.IGNORECASE)
    alike = re.match(COLUMN + r"= (?P<other>\w+)\.(?P<its>\w+)$", said)
    if alike and alike["other"] in tables and alike["its"] in tables[alike["other"]] and named.get(alike["of"] or "") in tables:
        return {(named[alike["of"]], alike["column"]): f"as {alike['other']}.{alike['its']}"} if alike["column"] != "id" else {}
    for pattern, what in ASKS:
        match = re.match(COLUMN + pattern, said, re.IGNORECASE)
        if match is None:
            continue
        whose = named.get(match["of"] or "", match["of"] or table)
        if match["column"] not in tables.get(whose, ()) or match["column"] == "id":
            return {}
        if refuses:
            turned = {"true": "false", "null": "some", "some": "null"}.get(what)
            return {(whose, match["column"]): turned} if turned else {}
        word = f" {match['word']}" if "word" in match.re.groupindex and match["word"] else ""
        return {(whose, match["column"]): f"{what}{word}"}
    return {}


def _bare(said: str) -> str:
    """The same without casts, brackets around single words, and brackets around the whole."""
    said = CAST.sub("", ASKED.sub(r"\1", " ".join(said.split())))
    said = re.sub(r"(?<![\w.])\((\w+(?:\.\w+)?)\)", r"\1", said)
    while said.startswith("(") and _closes(words_of(said)) == len(words_of(said)) - 1:
        said = said[1:-1].strip()
    return ASKED.sub(r"\1", said)


def _closes(words: Sequence[Word]) -> int:
    """The place of the bracket that closes the first one."""
    return next((place for place, word in enumerate(words) if word.said == ")" and word.depth == words[0].depth), -1)


def branches(condition: str) -> list[list[str]]:
    """The condition as a list of ways, each a list of terms that hold together."""
    said = _bare(condition)
    words = words_of(said)
    for joined in ("or", "and"):
        parts = _split(said, words, joined)
        if len(parts) > 1 and joined == "or":
            return [branch for part in parts for branch in branches(part)]
        if len(parts) > 1:
            product = itertools.product(*(branches(part) for part in parts))
            return [[term for part in one for term in part] for one in itertools.islice(product, MOST_WAYS)]
    if re.match(r"exists\s*\(", said, re.IGNORECASE):
        inner = said[said.index("(") + 1 : said.rindex(")")]
        return next((branches(clause) for clause in _clauses(inner)), [[]])
    return [[said]]


def _split(said: str, words: Sequence[Word], joined: str) -> list[str]:
    """The parts between these words where they stand in no bracket and belong to no BETWEEN."""
    cuts = [
        word for place, word in enumerate(words) if word.said == joined and not word.depth and words[max(0, place - 2)].said != "between"
    ]
    begins = [0, *(cut.ends for cut in cuts)]
    ends = [*(cut.begins for cut in cuts), len(said)]
    return [said[begin:end].strip() for begin, end in zip(begins, ends, strict=True)]


def conditions(body: str) -> Iterator[str]:
    """The WHERE clauses of a function that stand in no other, and those of its IFs that lead to an answer."""
    words = words_of(body)
    if words and words[0].said == "select" and not any(word.said in ("from", ";") and not word.depth for word in words):
        yield body[words[0].ends :]
        return
    yield from _clauses(body)
    for place, word in enumerate(words):
        if word.said in ("if", "elsif") and not (place and words[place - 1].said == "end"):
            then = next((other for other in words[place:] if other.said == "then"), None)
            if then is not None and not REFUSES.match(body, then.ends):
                yield body[word.ends : then.begins]


def _clauses(text: str) -> Iterator[str]:
    """Each WHERE that stands in no other, together with the conditions of the joins before it; the latter alone where no WHERE is."""
    words, until, joined = words_of(text), -1, list[str]()
    for place, word in enumerate(words):
        if word.begins < until or word.said not in ("where", "on"):
            continue
        ends = AFTER if word.said == "where" else AFTER | JOINS
        after = (
            other for other in words[place + 1 :] if other.depth < word.depth or (other.depth, other.said in ends) == (word.depth, True)
        )
        last = next(after, None)
        until = last.begins if last is not None else len(text)
        joined.append(f"({text[word.ends : until]})")
        if word.said == "where":
            yield " and ".join(joined)
            joined.clear()
    if joined:
        yield " and ".join(joined)
