"""Amazon's signature as its server reckons it (docs: Signature Version 4), apart from any SDK."""

import hmac
import re
from hashlib import sha256
from urllib.parse import quote

from tests.providers.platforms.gateway import Seen


def is_signed(request: Seen, *, secret: str, service: str, region: str, method: str = "POST") -> bool:
    """Whether a request is signed with this secret, for this service of this region."""
    said = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=\w+/(\d{8})/([\w-]+)/([\w-]+)/aws4_request, "
        r"SignedHeaders=([\w;-]+), Signature=(\w{64})",
        request.headers["authorization"],
    )
    if said is None or (said[2], said[3]) != (region, service):
        return False
    path, _, query = request.path.partition("?")
    names = said[4].split(";")
    asked = "\n".join(
        (
            method,
            quote(path, safe="/-_.~"),
            "&".join(sorted(query.split("&"))) if query else "",
            *(f"{name}:{request.headers[name]}" for name in names),
            "",
            said[4],
            sha256(request.raw).hexdigest(),
        )
    )
    scope = f"{said[1]}/{region}/{service}/aws4_request"
    signed = "\n".join(
        ("AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(asked.encode()).hexdigest())
    )
    key = f"AWS4{secret}".encode()
    for part in (said[1], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return hmac.new(key, signed.encode(), sha256).hexdigest() == said[5]
