import pytest

from reachin.groundwork.ids import new_id
from tests.interfaces.public.test_asking import answers_of, begun, sent

TAM = {"known_as": "Tam", "relation": "child", "age_years": "6"}


def test_one_person_after_another_is_named_changed_and_taken_off(db: None) -> None:
    client = begun()
    assert client.get("/ask/people/").headers["Location"] == "/ask/people/add/"
    client.post("/ask/people/add/", TAM | {"key": str(new_id())})
    client.post("/ask/people/add/", {"known_as": "Jean", "relation": "parent", "key": str(new_id())})
    tam, jean = answers_of(client)["people"]
    client.post(f"/ask/people/{tam['key']}/", TAM | {"age_years": "7"})
    client.post(f"/ask/people/{jean['key']}/remove/")
    assert [(one["known_as"], one["age_years"]) for one in answers_of(client)["people"]] == [("Tam", 7)]
    assert "Tam, my child, 7 years old" in client.get("/ask/people/").content.decode()


def test_the_same_person_posted_twice_is_one_person(db: None) -> None:
    client = begun()
    key = str(new_id())
    for _ in range(2):
        client.post("/ask/people/add/", TAM | {"key": key})
    assert len(answers_of(client)["people"]) == 1


def test_a_baby_on_the_way_needs_no_name_and_no_number(db: None) -> None:
    client = begun()
    client.post("/ask/people/add/", {"known_as": "", "relation": "expected_baby", "key": str(new_id())})
    client.post("/ask/story/", {"story": "Our first."})
    assert sent(client).people_count == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"relation": "child"}, "Write what they are called"),
        ({"known_as": "Tam"}, "Choose who they are to you"),
        ({"known_as": "Tam", "relation": "child", "age_years": "six"}, "Write an age in years"),
        ({"known_as": "Tam", "relation": "child", "age_years": "-1"}, "Write an age in years"),
        ({"known_as": "B", "relation": "expected_baby", "due_on_day": "1", "due_on_month": "1", "due_on_year": "1066"}, "date"),
        ({"known_as": "B", "relation": "expected_baby", "due_on_day": "31", "due_on_month": "2", "due_on_year": "2027"}, "date"),
    ],
)
def test_what_is_wrong_with_a_person_is_told_and_nothing_is_kept(db: None, typed: dict[str, str], words: str) -> None:
    client = begun()
    page = client.post("/ask/people/add/", typed | {"key": str(new_id())})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert "people" not in answers_of(client)


def test_a_person_of_somebody_else_is_missing(db: None) -> None:
    assert begun().get(f"/ask/people/{new_id()}/").status_code == 404


def test_at_most_twenty_people_are_named(db: None) -> None:
    client = begun()
    for number in range(22):
        client.post("/ask/people/add/", TAM | {"known_as": f"T{number}", "key": str(new_id())})
    assert len(answers_of(client)["people"]) == 20
    assert "Add somebody else" not in client.get("/ask/people/").content.decode()
