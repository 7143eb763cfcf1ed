"""Claude on Amazon Bedrock: by InvokeModel, and by Bedrock's own Messages (Mantle)."""

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import BadAnswer, Refused, UsageError
from sagent.lib.json import freeze_object, is_object, parse_json
from sagent.providers.anthropic import manners
from sagent.providers.anthropic.dialect import AnthropicDialect
from sagent.providers.anthropic.manners import Manners
from sagent.providers.anthropic.provider import VERSION, Anthropic
from sagent.providers.card import Card
from sagent.providers.environment import variable
from sagent.providers.options import Options
from sagent.providers.platforms.cards import BEDROCK, MANTLE
from sagent.providers.platforms.signature import Signature, configured_region
from sagent.providers.remote import Dialect
from sagent.schema.values import Origin


class Amazon(Anthropic):
    """What Amazon's two ways to Claude have in common: a region, and a key or a signature."""

    service: ClassVar[str]
    """What a signature is for."""

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the key, or else the AWS credentials, and in the region, that the environment names.

        Raises:
            UsageError: no region is named, or a package is missing.
        """
        key = variable(environ, *cls.card.keys)
        region = variable(environ, "AWS_REGION", "AWS_DEFAULT_REGION") or configured_region(environ)
        if not re.fullmatch(r"[a-z0-9-]+", region):
            raise UsageError(
                f"{cls.card.name} needs a region of AWS, and {region!r} is none: set AWS_REGION, "
                "for example to us-east-1"
            )
        signature = None if key else Signature(service=cls.service, region=region, environ=environ)
        place = environ.get(cls.card.place, "").strip() or cls._place(region)
        return cls(key=key, base_url=place, headers=headers, credentials=signature)

    @staticmethod
    @abstractmethod
    def _place(region: str) -> str:
        """Where a region is served."""

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._key}"} if self._key else {}


class AnthropicBedrock(Amazon):
    """Claude in a region of Amazon Bedrock; ids are those of models, of inference profiles, or ARNs."""

    card: ClassVar[Card] = BEDROCK
    manners: ClassVar[Manners] = manners.BEDROCK
    service: ClassVar[str] = "bedrock"

    @override
    @staticmethod
    def _place(region: str) -> str:
        return f"https://bedrock-runtime.{region}.amazonaws.com"

    @override
    def _dialect(self, origin: Origin, options: Options) -> Dialect:
        dialect = super()._dialect(origin, options)
        betas = self._sent_headers().get("anthropic-beta")
        if not betas or not isinstance(dialect, AnthropicDialect):
            return dialect
        # It reads the names of betas nowhere but in the body.
        settings = dialect.settings
        told = freeze_object({**settings.manners.beside, "anthropic_beta": betas.split(",")})
        said = replace(settings.manners, beside=told)
        return replace(dialect, settings=replace(settings, manners=said))

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        verb = "invoke-with-response-stream" if options.stream else "invoke"
        return f"{self._base_url}/model/{quote(origin.model, safe=':')}/{verb}"

    @override
    def _list_url(self, query: str) -> str:
        place = self._base_url.replace("//bedrock-runtime.", "//bedrock.", 1)
        return f"{place}/inference-profiles?maxResults=1000{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        try:
            value = parse_json(body)
        except ValueError as error:
            raise BadAnswer(f"{self.name}'s list of inference profiles is not JSON: {error}") from error
        page = value if is_object(value) else {}
        entries = page.get("inferenceProfileSummaries", [])
        if not isinstance(entries, list):
            raise BadAnswer(f"{self.name}'s list of inference profiles cannot be read: it holds no list")
        ids = [str(entry.get("inferenceProfileId", "")) for entry in entries if is_object(entry)]
        token = page.get("nextToken")
        claude = tuple(name for name in ids if "anthropic." in name)
        return claude, f"&nextToken={quote(str(token), safe='')}" if token else None


class AnthropicBedrockMantle(Amazon):
    """Claude by the Messages that Amazon Bedrock serves itself."""

    card: ClassVar[Card] = MANTLE
    manners: ClassVar[Manners] = manners.MANTLE
    service: ClassVar[str] = "bedrock-mantle"

    @override
    @staticmethod
    def _place(region: str) -> str:
        return f"https://bedrock-mantle.{region}.api.aws/anthropic"

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {**super()._authorization(), "anthropic-version": VERSION}

    @override
    def _list_url(self, query: str) -> str:
        raise Refused(f"{self.name} lists no models; AnthropicBedrock does, and so does the console of AWS")
