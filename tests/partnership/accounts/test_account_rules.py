from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.partnership.accounts import rules
from reachin.partnership.accounts.enums import TWO_FACTORS, Means

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
OF_THE_STANDARD = b"12345678901234567890"


@pytest.mark.parametrize(
    ("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    """RFC 6238, appendix B, the last six digits."""
    assert rules.code_at(OF_THE_STANDARD, moment // rules.STEP_SECONDS) == code


@pytest.mark.parametrize(("late", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
@pytest.mark.asvs("6.5.5")
def test_a_code_fits_its_step_and_the_neighbours(late: int, fits: bool) -> None:
    step = int(NOON.timestamp()) // rules.STEP_SECONDS
    found = rules.matching_step(OF_THE_STANDARD, rules.code_at(OF_THE_STANDARD, step + late), now=NOON, after=0)
    assert found == (step + late if fits else None)


@pytest.mark.asvs("6.5.1")
def test_no_code_works_twice_nor_an_earlier_one_after_a_later() -> None:
    step = int(NOON.timestamp()) // rules.STEP_SECONDS
    assert rules.matching_step(OF_THE_STANDARD, rules.code_at(OF_THE_STANDARD, step), now=NOON, after=step) is None
    assert rules.matching_step(OF_THE_STANDARD, rules.code_at(OF_THE_STANDARD, step - 1), now=NOON, after=step) is None
    assert rules.matching_step(OF_THE_STANDARD, rules.code_at(OF_THE_STANDARD, step + 1), now=NOON, after=step) == step + 1


@given(st.text(max_size=12))
def test_whatever_else_is_typed_fits_nothing(typed: str) -> None:
    step = int(NOON.timestamp()) // rules.STEP_SECONDS
    right = {rules.code_at(OF_THE_STANDARD, step + late) for late in (-1, 0, 1)}
    assert (rules.matching_step(OF_THE_STANDARD, typed, now=NOON, after=0) is None) is (typed not in right)


@pytest.mark.parametrize(
    ("ago", "fresh"),
    [
        (timedelta(0), True),
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
        (timedelta(seconds=-1), False),
        (None, False),
    ],
)
def test_a_sign_in_is_fresh_for_five_minutes(ago: timedelta | None, fresh: bool) -> None:
    assert rules.is_fresh(None if ago is None else NOON - ago, now=NOON) is fresh


def test_a_password_alone_is_not_two_factors_and_neither_is_what_nobody_knows() -> None:
    assert {means for means in Means if rules.is_two_factor(means)} == TWO_FACTORS
    assert not any(rules.is_two_factor(means) for means in (Means.PASSWORD, Means.PROVIDER_ALONE, Means.DEMONSTRATION, "", "magic"))


@pytest.mark.parametrize(
    ("failures", "may"),
    [
        ([], True),
        ([1, 2, 3, 4], True),
        ([1, 2, 3, 4, 5], False),
        ([15, 15, 15, 15, 15], True),
        ([60] * 29, True),
        ([60] * 30, False),
        ([24 * 60] * 90, True),
    ],
)
def test_wrong_codes_are_counted_by_the_quarter_hour_and_by_the_day(failures: list[int], may: bool) -> None:
    assert rules.may_try([NOON - timedelta(minutes=ago) for ago in failures], now=NOON) is may


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0 Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari, Mac"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_as_its_owner_knows_it(agent: str, words: str) -> None:
    assert rules.device_words(agent) == words


@given(st.text(max_size=2000))
def test_whatever_a_browser_says_of_itself_few_words_are_kept(agent: str) -> None:
    assert len(rules.device_words(agent)) <= 60


def test_when_a_session_was_used_is_kept_to_the_hour() -> None:
    assert rules.to_the_hour(datetime(2026, 11, 19, 12, 59, 59, 9, tzinfo=UTC)) == NOON


@pytest.mark.parametrize(("typed", "place"), [("2ABCDEFGHJKM", 0), ("BABCDEFGHJKM", 9), ("2ABC", None), ("2ABCDEFGHJK1", None), ("", None)])
def test_a_recovery_code_says_its_own_place(typed: str, place: int | None) -> None:
    assert rules.recovery_place(typed) == place


def test_codes_are_read_as_they_were_meant() -> None:
    assert rules.tidy_code(" 2abc–defg-hjkm ") == "2ABCDEFGHJKM"
    assert rules.recovery_words("2ABCDEFGHJKM") == "2ABC-DEFG-HJKM"
    assert [rules.is_app_code(typed) for typed in ("123456", "12345", "12345a", "１２３４５６")] == [True, False, False, False]


def test_an_app_takes_the_seed_by_key_or_by_picture() -> None:
    assert rules.seed_words(OF_THE_STANDARD) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    told = rules.app_address(OF_THE_STANDARD, service="Reach In", email="a@b.example")
    assert told == "otpauth://totp/Reach%20In%3Aa%40b.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Reach%20In"
