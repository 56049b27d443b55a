"""Where a visit comes from, as roughly as will do, and from nobody's word but our own proxies'."""

from typing import Any

import pytest

from reachin.groundwork.audited_access.networks import is_shared, network_digest, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.9:443", ""),
    ],
)
def test_an_address_is_known_only_by_its_network(settings: Any, address: str, network: str) -> None:
    settings.PROXIES = 0
    assert network_of({"REMOTE_ADDR": address}) == network


@pytest.mark.parametrize(
    ("proxies", "said", "network"),
    [
        (0, "198.51.100.1", "203.0.113.0/24"),
        (1, "198.51.100.1", "198.51.100.0/24"),
        (1, "192.0.2.7, 198.51.100.1", "198.51.100.0/24"),
        (2, "192.0.2.7, 198.51.100.1", "192.0.2.0/24"),
        (2, "198.51.100.1", "203.0.113.0/24"),
        (1, "", "203.0.113.0/24"),
        (1, "rubbish", ""),
    ],
)
def test_only_what_our_own_proxies_saw_is_believed(settings: Any, proxies: int, said: str, network: str) -> None:
    settings.PROXIES = proxies
    assert network_of({"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": said}) == network


@pytest.mark.parametrize(
    ("known", "network", "shared"),
    [
        ([], "203.0.113.0/24", False),
        (["203.0.113.0/24"], "203.0.113.0/24", True),
        (["203.0.113.7"], "203.0.113.0/24", True),
        (["198.51.100.0/24", "2001:db8::/32"], "2001:db8:1::/48", True),
        (["198.51.100.0/24"], "203.0.113.0/24", False),
        (["203.0.113.0/24"], "", False),
        (["rubbish"], "203.0.113.0/24", False),
    ],
)
def test_networks_that_many_families_share_are_known(settings: Any, known: list[str], network: str, *, shared: bool) -> None:
    settings.SHARED_NETWORKS = known
    assert is_shared(network) is shared


def test_of_a_network_only_a_keyed_digest_is_kept() -> None:
    assert len(network_digest("203.0.113.0/24")) == 32
    assert network_digest("203.0.113.0/24") == network_digest("203.0.113.0/24")
    assert network_digest("203.0.113.0/24") != network_digest("203.0.114.0/24")
