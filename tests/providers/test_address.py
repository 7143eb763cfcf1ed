"""Addresses that are some, and those that are none."""

import pytest

from sagent.providers.address import address_fault


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "HTTP://127.0.0.1:1/",
        "http://[::1]:8080/v1",
        "http://[fe80::1%25eth0]",
        "http://localhost:65535",
        "https://user:word@example.org/a/b",
        "http://example.org:/",
    ],
)
def test_an_address_that_leads_somewhere_is_without_fault(address: str) -> None:
    assert address_fault(address) == ""


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://127.0.0.1:99999", "port"),
        ("http://127.0.0.1:0", "port"),
        ("http://127.0.0.1:-1", "port"),
        ("http://127.0.0.1:eight", "port"),
        ("ftp://example.org", "begin with https://"),
        ("example.org", "begin with https://"),
        ("localhost:8080", "begin with https://"),
        ("http:example.org", "begin with https://"),
        ("", "spaces"),
        ("http://exa mple.org", "spaces"),
        ("http://example.org\n", "spaces"),
        ("http://", "no host"),
        ("http:///v1", "no host"),
        ("http://:80", "no host"),
        ("http://[::1", "brackets"),
        ("http://::1]", "brackets"),
        ("http://a[::1]", "brackets"),
        ("http://[there]", "brackets"),
        ("http://example.org/?a=1", "before any"),
        ("http://example.org/#a", "before any"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_why(address: str, fault: str) -> None:
    assert fault in address_fault(address)
