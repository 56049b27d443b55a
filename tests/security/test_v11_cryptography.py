"""ASVS chapter 11: what is sealed, by what, and with which keys."""

import hashlib
import re
from dataclasses import fields
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.auth.hashers import make_password

from reachin.groundwork.field_encryption.sealing import NONCE_BYTES, blind_index, seal, unseal
from tests.security import sources
from workshop import places
from workshop.keys import _new_keys
from workshop.servers import Connection

APPROVED = {"sha256", "sha384", "sha512", "new", "compare_digest", "digest", "hexdigest", "HMAC"}


def test_v11_1_2_every_key_of_the_file_is_named_for_administrators() -> None:
    told = (places.ROOT / "docs" / "security" / "threat-model.md").read_text()
    for key in fields(settings.KEYS):
        assert f"`{key.name}`" in told or not key.compare, key.name


def test_v11_2_1_ciphers_come_from_the_library_that_others_have_looked_at() -> None:
    used = sources.importers_of("cryptography")
    assert used
    assert sources.importers_of("Crypto", "nacl", "pyaes", "rsa", "ecdsa", "passlib") == []
    assert sources.importers_of("cryptography.hazmat.primitives.ciphers.modes", "cryptography.hazmat.primitives.padding") == []


def test_v11_2_2_the_newest_key_seals_and_every_key_that_is_kept_opens() -> None:
    sealed = seal("words", field="x", row=uuid4())
    assert sealed[0] == max(settings.KEYS.field_keys), "each value says which key sealed it, so that keys can change"


def test_v11_2_3_every_key_has_the_strength_of_128_bits_or_more() -> None:
    keys = [settings.KEYS.context_key, settings.KEYS.blind_key, *settings.KEYS.field_keys.values()]
    assert all(len(bytes.fromhex(key)) == 32 for key in keys)
    assert len(settings.KEYS.secret_key) >= 50
    assert len({*keys, settings.KEYS.secret_key}) == len(keys) + 1, "no key serves two purposes"


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01" + b"\0" * 40, b"\x01" * 28])
def test_v11_2_5_what_does_not_open_says_nothing_but_that(broken: bytes) -> None:
    with pytest.raises(InvalidTag) as told:
        unseal(broken, field="x", row=uuid4())
    assert str(told.value) == ""


def test_v11_3_1_no_block_is_sealed_alone_and_none_is_padded() -> None:
    for path, _tree in sources.modules():
        assert not re.search(r"\b(ECB|CBC|PKCS1v15|PKCS7|DES|ARC4|Blowfish)\b", path.read_text()), path


def test_v11_3_2_only_aes_with_gcm_seals() -> None:
    ciphers = [name for where, name in sources.imports() if "cryptography" in name and "ciphers" in name]
    assert set(ciphers) == {"cryptography.hazmat.primitives.ciphers.aead.AESGCM"}


@pytest.mark.parametrize("place", [0, 1, 5, 13, 20, -1])
def test_v11_3_3_whatever_was_altered_does_not_open(place: int) -> None:
    row = uuid4()
    sealed = bytearray(seal("where they live", field="people.contact", row=row))
    sealed[place] ^= 1
    with pytest.raises((InvalidTag, KeyError)):
        unseal(bytes(sealed), field="people.contact", row=row)


def test_v11_3_3_what_was_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal("where they live", field="people.contact", row=uuid4()), field="people.contact", row=uuid4())


def test_v11_3_4_no_nonce_is_used_twice() -> None:
    row = uuid4()
    nonces = {seal("words", field="x", row=row)[1 : 1 + NONCE_BYTES] for _ in range(500)}
    assert len(nonces) == 500
    assert NONCE_BYTES == 12


def test_v11_4_1_only_approved_digests_are_used() -> None:
    used = {name.rpartition(".")[2] for _where, name, _call in sources.calls() if name.startswith(("hashlib.", "hmac."))}
    assert used
    assert used <= APPROVED
    for path in (*places.ROOT.glob("reachin/**/*.sql"), *places.ROOT.glob("reachin/*/*/migrations/*.py")):
        assert not re.search(r"\b(md5|sha1|crypt)\s*\(", path.read_text()), path


def test_v11_4_2_passwords_and_phrases_cost_an_attacker_memory_and_time() -> None:
    kept = make_password("heron over the harbour")
    algorithm, version, cost = re.findall(r"\$([^$]+)", kept)[:3]
    assert (algorithm, version) == ("argon2id", "v=19")
    told = dict(part.split("=") for part in cost.split(","))
    assert int(told["m"]) >= 19_456
    assert int(told["t"]) >= 2
    assert make_password("heron over the harbour") != kept, "each has its own salt"


def test_v11_4_3_what_stands_for_words_is_long_enough_to_be_theirs_alone() -> None:
    assert len(blind_index("K7QF-3MPX-9CRV", field="x")) == 32
    assert blind_index("K7QF", field="x") != hashlib.sha256(b"x|K7QF").digest(), "it is keyed"
    assert not [path for path, _tree in sources.modules() if "digest()[" in path.read_text()], "none is cut"


def test_v11_4_4_no_key_is_made_of_a_password() -> None:
    assert sources.callers_of("hashlib.pbkdf2_hmac", "hashlib.scrypt") == []
    assert sources.importers_of("cryptography.hazmat.primitives.kdf") == []
    assert _new_keys() != _new_keys(), "they are drawn, not derived"


def test_v11_5_1_ids_that_open_something_are_drawn_by_the_database_or_the_system(admin: Connection) -> None:
    row = admin.execute(
        "select column_default from information_schema.columns"
        " where table_schema = 'reachin' and table_name = 'opening' and column_name = 'nonce'"
    ).fetchone()
    assert row is not None
    assert "gen_random_uuid()" in str(row[0])


def test_v11_6_1_no_key_is_made_by_hand() -> None:
    made = [name for _where, name, _call in sources.calls() if name.endswith(("generate_private_key", "generate_key", "RSAPublicNumbers"))]
    assert made == []
