"""A little OpenID Connect provider: describes itself, shows its keys, and gives tokens as a test wishes."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from reachin.partnership.accounts.open_id import known

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_keys() -> dict[str, Any]:
    return {"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "one", "use": "sig", "alg": "RS256"}]}


@dataclass
class Provider:
    """What it answers, and what it was asked at its token endpoint."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})
    described: dict[str, Any] = field(default_factory=dict)
    described_itself: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)

    def says(self, nonce: str, **claims: Any) -> None:
        """The token that the next code buys; None leaves a claim out."""
        told = {
            "iss": self.issuer,
            "aud": "reach-in",
            "sub": "s-1",
            "nonce": nonce,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "email": "somebody@example.org",
            "email_verified": True,
            **claims,
        }
        self.claims = {name: value for name, value in told.items() if value is not None}

    def answers(self, path: str, form: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            self.described_itself += 1
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.issuer, **{name: f"{self.issuer}/{place}" for name, place in places.items()}, **self.described}
        if path == "/keys":
            return public_keys()
        self.asked.append({name: values[0] for name, values in parse_qs(form).items()})
        return {"id_token": self.sign(self.claims)}


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    known.clear()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, form: str) -> None:
            body = json.dumps(provider.answers(self.path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name that the base class gives it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
