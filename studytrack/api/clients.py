"""Who a client is, as far as its address tells."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest

IPV6_CLIENT_PREFIX = 64


def client_address(request: Any) -> str:
    """Whose request this is; found out once for all who ask."""
    if not hasattr(request, "client_address"):
        request.client_address = _vouched_for(request)
    return request.client_address


def _vouched_for(request: HttpRequest) -> str:
    """The address that the trusted proxies vouch for, an IPv6 network of 64 bits as one."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    header, trusted = request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXY_COUNT
    forwarded = header.split(",") if header else []
    if trusted and len(forwarded) >= trusted:
        address = _without_port(forwarded[-trusted].strip())
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, IPV6_CLIENT_PREFIX), strict=False))
    return str(ip)


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
