"""The proxies that the environment names."""

import sys
from collections.abc import Mapping

import pytest

from sagent.errors import UsageError
from sagent.providers.proxies import check_proxies, names_proxy, proxy_variable


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": "http://p:1"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": "http://q:1"}, "https_proxy"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": ""}, ""),
        ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "p:1"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.org"}, ""),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, ""),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "localhost, .ORG"}, ""),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ample.org, ,"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "other.org"}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_counts_for_a_host_is_named(environ: Mapping[str, str], variable: str) -> None:
    assert proxy_variable("https", "example.org", None, environ) == variable


@pytest.mark.parametrize(
    ("entry", "host", "port", "spared"),
    [
        ("10.0.0.0/8", "10.1.2.3", None, True),
        ("10.0.0.0/8", "11.1.2.3", None, False),
        ("10.0.0.0/99", "10.1.2.3", None, False),
        ("fd00::/8", "fd00::1", None, True),
        ("10.0.0.0/8", "example.org", None, False),
        ("::1", "::1", 8080, True),
        ("[::1]:8080", "::1", 8080, True),
        ("[::1]:8080", "::1", 80, False),
        ("example.org:8443", "api.example.org", 8443, True),
        ("example.org:8443", "example.org", None, False),
        (".example.org", "example.org", None, False),
        ("*.example.org", "api.example.org", None, True),
    ],
)
def test_networks_ports_and_domains_are_spared_as_they_are_said(
    entry: str, host: str, port: int | None, spared: bool
) -> None:
    found = proxy_variable("https", host, port, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": entry})

    assert found == ("" if spared else "HTTPS_PROXY")


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:99999", "127.0.0.1:x9", "socks5://p:0"])
def test_a_proxy_with_a_port_that_cannot_be_is_refused_with_its_variable(proxy: str) -> None:
    with pytest.raises(UsageError, match=f"HTTP_PROXY is '{proxy}', and cannot be used: its port"):
        check_proxies({"HTTP_PROXY": proxy})


def test_the_password_of_a_proxy_is_not_shown() -> None:
    with pytest.raises(UsageError) as caught:
        check_proxies({"HTTP_PROXY": "http://me:secret@p:0"})

    assert str(caught.value).startswith("HTTP_PROXY is 'p:0', and cannot be used")


def test_proxies_that_can_be_used_are_taken_without_a_word() -> None:
    check_proxies(
        {"HTTP_PROXY": "http://u:p@127.0.0.1:80", "https_proxy": "p:1", "ALL_PROXY": "socks5://[::1]:5"}
    )


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, False),
        ({"HTTP_PROXY": ""}, False),
        ({"NO_PROXY": "*"}, False),
        ({"FTP_PROXY": "http://p:1"}, False),
        ({"all_proxy": "socks5://p:1"}, True),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.org"}, True),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's settings count, too")
def test_the_way_is_straight_where_no_variable_names_a_proxy(environ: Mapping[str, str], named: bool) -> None:
    assert names_proxy(environ) == named
