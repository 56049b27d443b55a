"""Where a visit comes from, as roughly as will do: a network, never an address, and kept only as a keyed digest."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

from reachin.groundwork.field_encryption import blind_index

PREFIXES = {4: 24, 6: 48}
"""How much of an address says which network it is in: what a household, a school or a small provider has."""


def network_of(facts: Mapping[str, Any]) -> str:
    """The network that a request (its META) comes from, such as 203.0.113.0/24; empty where it is not known.

    Behind proxies of ours, what the outermost of them saw; whatever a visitor says about where they come from is not believed.
    """
    said = [part.strip() for part in str(facts.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    seen = said[-settings.PROXIES] if 0 < settings.PROXIES <= len(said) else str(facts.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(seen)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network(f"{address}/{PREFIXES[address.version]}", strict=False))


def network_digest(network: str) -> bytes:
    """The keyed digest by which knocks from one network are counted."""
    return blind_index(network, field="networks")


def is_shared(network: str) -> bool:
    """Whether many families are known to come from there."""
    try:
        return any(ip_network(network).overlaps(ip_network(known, strict=False)) for known in settings.SHARED_NETWORKS)
    except (ValueError, TypeError):
        return False
