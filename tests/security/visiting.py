"""A small browser for the served pages: it keeps cookies as they were set and hides nothing of what came back."""

import http.client
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode
from uuid import UUID

from reachin.groundwork.audited_access.sessions import SessionStore
from reachin.interfaces.practitioner.signing_in_visits import MEANS
from reachin.partnership.accounts.enums import Means
from tests import cast
from workshop.crowd import HOST
from workshop.served import BEHIND_TLS

if TYPE_CHECKING:
    from reachin.partnership.accounts.models import Account
    from tests.access_matrix import Row

SESSION, TOKEN = "__Host-session", "__Host-form"
_TOKEN_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case, as often as they came) and body of one HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for known, value in self.headers if known == name.lower()]

    def get(self, name: str) -> str:
        """The header's one value, or nothing."""
        return ", ".join(self.all(name))

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(frozen=True, slots=True)
class Answered:
    """What one address answered to somebody."""

    name: str
    row: "Row"
    who: str
    answer: Answer


@dataclass
class Browser:
    """Asks the served pages as a proxy that ends TLS would; `cookies` are sent with every question."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One question; the answer as it came, no redirect followed."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=20)
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        try:
            connection.request(method, path, body=body, headers={"Host": HOST, **BEHIND_TLS, **cookies, **(headers or {})})
            got = connection.getresponse()
            answer = Answer(got.status, tuple((name.lower(), value) for name, value in got.getheaders()), got.read())
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """A GET; header names may be written with underscores."""
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, data: dict[str, str | list[str]], *, page: str | None = None, **headers: str) -> Answer:
        """A form as a browser posts it, with the token of the page (the same address unless said)."""
        found = _TOKEN_FIELD.search(self.get(page or path).text)
        token = {"csrfmiddlewaretoken": found[1]} if found else {}
        usual = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}", "Referer": f"https://{HOST}{path}"}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, body=urlencode({**token, **data}, doseq=True).encode(), headers={**usual, **more})

    def signs_in(self, who: "Account", password: str = cast.PASSWORD) -> Self:
        """By the form, as people do; the second factor is taken as shown."""
        self.post("/work/sign-in/", {"email": who.email, "password": password, "next": ""})
        if SESSION in self.cookies:
            with_second_factor(self.cookies[SESSION])
        return self

    def _keep(self, answer: Answer) -> None:
        for line in answer.all("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def browser_of(port: int, account: "Account | None" = None, scope: UUID | None = None) -> Browser:
    """Somebody's browser: signed in as staff, come in as a family, or neither. Their session is made without a form."""
    client = cast.signed_in(account) if account is not None else cast.came_in(scope) if scope is not None else None
    if client is None:
        return Browser(port)
    key = client.cookies["sessionid"].value
    if account is not None:
        with_second_factor(key)
    return Browser(port, {SESSION: key})


def with_second_factor(key: str) -> None:
    """Lets the session of that key count as begun by an app's code, where it is somebody's."""
    kept = SessionStore(key)
    if "_auth_user_id" in kept:
        kept[MEANS] = Means.APP.value
        kept.save()
