"""What a proxy or a gateway says in place of a provider is not taken for the provider's word."""

import pytest

from sagent.errors import NotFound, ProviderError, Refused, Unauthorized
from sagent.providers.faults import Refusal
from sagent.providers.interception import fault_of


def provider(refusal: Refusal, now: float) -> ProviderError:
    """What the provider would have meant."""
    return Unauthorized("the key")


def answered(
    status: int, body: bytes, server: str = "", proxy: str = "", location: str = ""
) -> ProviderError:
    """What comes of an answer."""
    named = {"server": server, "location": location}
    headers = {name: value for name, value in named.items() if value}
    refusal = Refusal(status=status, headers=headers, body=body, host="h", proxy=proxy)
    return fault_of(refusal, "secret-key", provider, 0.0)


def test_the_page_of_a_proxy_names_its_title_its_server_and_the_variable() -> None:
    page = b"<!DOCTYPE html><head><title>Access\n denied</title></head><body>secret-key</body>"

    error = answered(403, page, server="squid/6.9", proxy="HTTPS_PROXY (proxy.corp:3128)")

    assert isinstance(error, Refused)
    assert str(error) == (
        "a proxy or gateway on the way answered, and not the provider: Access denied, from squid/6.9 "
        "(HTTP 403). The key is not to blame: check HTTPS_PROXY (proxy.corp:3128) and the base URL, "
        "or ask who runs the network."
    )


def test_a_page_without_a_title_is_told_by_its_words_without_the_key() -> None:
    error = answered(403, b"<html><style>p {}</style><p>No way for secret-key</p></html>")

    assert "No way for [the key] (HTTP 403)" in str(error)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://else.example:8443/v1/x?key=k#a", "a redirection to https://else.example:8443/v1/x"),
        ("https://me:pw@else.example/v1", "a redirection to https://else.example/v1"),
        ("/v2/x", "a redirection to /v2/x"),
        ("https://else.example/secret-key/x", "a redirection to https://else.example/[the key]/x"),
        ("https://else.example/\x9b31m\x1b]0;x", "a redirection to https://else.example/?31m?]0;x"),
        ("https://[else", "a redirection to what is no address"),
    ],
)
def test_a_redirection_is_told_with_where_it_leads_and_no_secret(location: str, told: str) -> None:
    error = answered(302, b"<html>moved</html>", location=location)

    assert isinstance(error, NotFound)
    assert str(error) == f"no answer came, but {told} (HTTP 302)"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b"<html>no</html>"),
        (403, b'{"error": "no"}'),
        (403, b""),
        (500, b"<html>oops</html>"),
        (503, b"busy"),
    ],
)
def test_anything_else_is_the_providers_word(status: int, body: bytes) -> None:
    assert isinstance(answered(status, body), Unauthorized)
