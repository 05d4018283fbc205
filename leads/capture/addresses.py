"""Who sends a request, as far as that can be believed: computer and browser."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

LONGEST_AGENT = 300


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks.

    `X-Forwarded-For` is read only behind as many proxies of our own as PROXY_COUNT
    says: what stands left of them anybody can write.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    if not proxies:
        return peer
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if len(told) < proxies:
        return peer
    try:
        return str(ip_address(told[-proxies].strip()))
    except ValueError:
        return peer


def browser_of(request: HttpRequest) -> str:
    """What the browser calls itself, cut, as text that both databases keep."""
    agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    return "".join(char for char in agent if char.isprintable())


def limited_as(address: str) -> str:
    """Under which name an address is limited: one home has many of IPv6."""
    try:
        computer = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(computer, IPv6Address) and computer.ipv4_mapped is None:
        return str(ip_network(f"{computer}/64", strict=False))
    return address
