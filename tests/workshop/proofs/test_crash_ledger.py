from collections import Counter
from dataclasses import replace

from workshop.proofs.crash_ledger import Found, FoundFamily, Ledger, Told, doubled, lost, new_mark

MARK = "mark-0123456789ab"
FAMILY = FoundFamily("relative", {"story": f"It is hard. {MARK}", "help_with": ["sleep", "food"]}, ("Iona", f"Skye {MARK}"), 1, 1)


def told(step: str, **fields: str | list[str]) -> Told:
    said = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return Told(step, MARK, said, is_acknowledged=True)


FORMS = [
    told("who asks: save", asked_by="relative", key="x"),
    told("question: save", story=f"It is  hard.\n{MARK}".replace("\n", " ").replace("  ", " "), csrfmiddlewaretoken="x"),
    told("question: save", help_with=["sleep", "food"], not_wanted=""),
    told("person: save", known_as=f"Skye {MARK}"),
    told("check: send"),
    told("phrase: save and send", phrase="three slow herons"),
]


def test_what_stands_there_once_is_neither_lost_nor_doubled() -> None:
    found = Found({MARK: [FAMILY]})
    assert (lost(FORMS, found), doubled(FORMS, found)) == ([], [])


def test_what_is_missing_or_otherwise_is_lost() -> None:
    assert [one.step for one in lost(FORMS, Found())] == [one.step for one in FORMS if one.step != "check: send"]
    changed = replace(FAMILY, asked_by="expecting", answers={"story": "Something else."}, names=("Iona",))
    assert len(lost(FORMS, Found({MARK: [changed]}))) == 4


def test_what_was_never_acknowledged_may_be_missing() -> None:
    unanswered = [replace(one, is_acknowledged=False) for one in FORMS]
    assert lost(unanswered, Found()) == []


def test_whatever_is_there_twice_is_doubled() -> None:
    for found in (
        Found({MARK: [FAMILY, FAMILY]}),
        Found({MARK: [FAMILY]}, drafts=Counter({MARK: 1})),
        Found({MARK: [replace(FAMILY, names=("Skye", "Skye"))]}),
        Found({MARK: [replace(FAMILY, times_sent=2)]}),
        Found({MARK: [replace(FAMILY, times_told=2)]}),
        Found(words=Counter({MARK: 2})),
    ):
        assert doubled(FORMS, found) == [MARK]


def test_words_of_staff_are_found_by_the_mark_in_them() -> None:
    ledger, mark = Ledger(), new_mark()
    one = ledger.note("refer: send", "", [("services", "a"), ("services", "b"), ("words", f"please {mark}")])
    assert (one.mark, one.fields["services"], ledger.acknowledged()) == (mark, ["a", "b"], 0)
    one.is_acknowledged = True
    assert lost(ledger.told, Found()) == [one]
    assert lost(ledger.told, Found(words=Counter({mark: 1}))) == []
