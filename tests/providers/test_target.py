"""Addresses, taken apart."""

import pytest

from sagent.errors import UsageError
from sagent.providers.target import Target, target_of


def target(
    scheme: str,
    host: str,
    port: int,
    authority: str,
    path: str = "/",
    query: str = "",
    login: str = "",
) -> Target:
    return Target(
        scheme=scheme, host=host, port=port, authority=authority, path=path, query=query, login=login
    )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://here", target("http", "here", 80, "here")),
        ("https://Here.org/v1/x", target("https", "here.org", 443, "here.org", "/v1/x")),
        ("https://here:443/", target("https", "here", 443, "here")),
        ("http://here:443/", target("http", "here", 443, "here:443")),
        ("http://[::1]:8080/x", target("http", "::1", 8080, "[::1]:8080", "/x")),
        ("http://here?alt=sse&x=a%20b#part", target("http", "here", 80, "here", "/", "?alt=sse&x=a%20b")),
        (
            "http://here/models/a:b c%2Fd/é?q=ü x",
            target("http", "here", 80, "here", "/models/a:b%20c%2Fd/%C3%A9", "?q=%C3%BC%20x"),
        ),
        ("http://bücher.example", target("http", "xn--bcher-kva.example", 80, "xn--bcher-kva.example")),
        ("http://me:p%40ss@here", target("http", "here", 80, "here", login="Basic bWU6cEBzcw==")),
        ("ftp://here", target("ftp", "here", 0, "here:0")),
    ],
)
def test_an_address_says_where_to_connect_and_what_to_ask_for(address: str, found: Target) -> None:
    assert target_of(address) == found


@pytest.mark.parametrize(
    "address",
    [
        *("http://[::1", "http://here:eighty", "http://here:99999", "https:///x"),
        *("http://here..org", f"http://{'a' * 64}.org"),
    ],
)
def test_what_is_no_address_is_a_fault_of_the_caller(address: str) -> None:
    with pytest.raises(UsageError, match=r"is no address: .* Check the base URL"):
        target_of(address)


def test_who_logs_in_is_not_shown_with_the_rest() -> None:
    assert "Basic" not in repr(target_of("http://me:secret@here"))


def test_who_logs_in_is_not_told_where_an_address_is_none() -> None:
    with pytest.raises(UsageError, match=r"^'http://here:eighty/x' is no address"):
        target_of("http://me:secret@here:eighty/x")
