"""Amazon's signature on each request (SigV4), with the credentials that botocore finds."""

from collections.abc import Mapping
from threading import Lock
from typing import Protocol

from sagent.errors import ProviderError, Unauthorized, Unreachable
from sagent.providers.faults import clip
from sagent.providers.sdk import demand, package
from sagent.providers.tokens import begun, landed
from sagent.providers.transport import Call

EXTRA = "bedrock"

HOW = (
    "Run `aws sso login` or `aws configure`, or set AWS_BEARER_TOKEN_BEDROCK, AWS_PROFILE, "
    "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)
"""What helps where there are no credentials."""


class Found(Protocol):
    """Credentials as botocore finds them; it renews those that run out."""

    def get_frozen_credentials(self) -> object: ...


class Signature:
    """Signs each request as it goes out, for one service of one region."""

    def __init__(self, *, service: str, region: str, environ: Mapping[str, str]) -> None:
        """Who signs is who the variables name, or else who botocore's own chain finds.

        Raises:
            UsageError: botocore is not installed.
        """
        demand("botocore", EXTRA)
        self._service = service
        self._region = region
        self._profile = environ.get("AWS_PROFILE") or None
        self._static = (
            environ.get("AWS_ACCESS_KEY_ID", ""),
            environ.get("AWS_SECRET_ACCESS_KEY", ""),
            environ.get("AWS_SESSION_TOKEN") or None,
        )
        self._lock = Lock()
        self._found: Found | None = None

    async def headers(self, call: Call, /) -> Mapping[str, str]:
        """The signature of this request: to hash it, and to renew credentials, takes its time in a thread."""
        return await landed(begun(lambda: self._signed(call)))

    def forget(self) -> None:
        """Look for credentials anew."""
        self._found = None

    def _signed(self, call: Call) -> Mapping[str, str]:
        auth, request = package("botocore.auth", EXTRA), package("botocore.awsrequest", EXTRA)
        frozen = self._credentials()
        asked = request.AWSRequest(
            method="GET" if call.body is None else "POST",
            url=call.url,
            data=call.body,
            # What a proxy may change on the way is not signed.
            headers={"content-type": call.headers.get("content-type", "application/json")},
        )
        auth.SigV4Auth(frozen, self._service, self._region).add_auth(asked)
        signed: Mapping[str, str] = {name.lower(): value for name, value in asked.headers.items()}
        return {name: value for name, value in signed.items() if name != "content-type"}

    def _credentials(self) -> object:
        """The keys as they are now.

        Raises:
            Unauthorized: there are none, or they have run out.
            Unreachable: who gives them does not answer.
        """
        faults = package("botocore.exceptions", EXTRA)
        try:
            with self._lock:
                found = self._found = self._found or self._looked_for()
            if found is None:
                raise Unauthorized("no AWS credentials were found", advice=HOW)
            return found.get_frozen_credentials()
        except faults.HTTPClientError as error:
            raise Unreachable(
                f"AWS does not renew the credentials: {clip(str(error), 200).rstrip('.')}"
            ) from error
        except (faults.BotoCoreError, faults.ClientError, RuntimeError) as error:
            # A RuntimeError is how botocore says that what it was given has run out already.
            self.forget()
            raise _refused(error) from error

    def _looked_for(self) -> Found | None:
        key, secret, token = self._static
        if key and secret:
            static: Found = package("botocore.credentials", EXTRA).Credentials(key, secret, token)
            return static
        found: Found | None = (
            package("botocore.session", EXTRA).Session(profile=self._profile).get_credentials()
        )
        return found


def configured_region(environ: Mapping[str, str]) -> str:
    """The region of the profile in AWS's own files; empty if there is none.

    Raises:
        UsageError: botocore is not installed.
        Unauthorized: there is no such profile.
    """
    session = package("botocore.session", EXTRA).Session(profile=environ.get("AWS_PROFILE") or None)
    try:
        region: str | None = session.get_config_variable("region")
    except package("botocore.exceptions", EXTRA).BotoCoreError as error:
        raise _refused(error) from error
    return region or ""


def _refused(error: Exception) -> ProviderError:
    return Unauthorized(f"AWS gives no credentials: {clip(str(error), 200).rstrip('.')}", advice=HOW)
