"""llama.cpp as a provider: models in GGUF files, each with a server that is begun, watched and ended."""

import os
import shutil
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import fields, replace
from pathlib import Path
from typing import ClassVar, Final, Self

from typing_extensions import override

from sagent.errors import UsageError
from sagent.lib.json import JsonObject, freeze_object
from sagent.lib.value import frozen
from sagent.providers.cards import LLAMA_CPP, Card
from sagent.providers.catalog import limits
from sagent.providers.llama_cpp.server import Recipe, server
from sagent.providers.llama_cpp.way import NOWHERE, ServerSizing, ServerWay
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.provider import OpenAICompat
from sagent.providers.openai_chat.suited import suited
from sagent.providers.options import Options
from sagent.providers.remote import Remote
from sagent.providers.sizing import Sizing
from sagent.providers.tolerance import COMPATIBLE
from sagent.providers.transport import Transport
from sagent.schema.values import ModelSpec

SERVER: Final = "LLAMA_SERVER"
"""The environment variable that names the program, or its path."""

MAGIC: Final = b"GGUF"
"""How each such file begins (github.com/ggml-org/ggml/blob/master/docs/gguf.md)."""

ELSEWHERE: Final = "say whose model it is, as in OpenAICompat/ID"
"""What to do about a file that is none, if none was meant."""

SET: Final = frozenset(("-m", "--model", "--host", "--port", "--api-key", "--api-key-file", "--api-prefix"))
"""What the command line of a server always says itself."""


@frozen(kw_only=True)
class Served(Options):
    """How a model is asked to answer, and how large its window is made."""

    context_size: int | None = None

    @override
    def written(self) -> JsonObject:
        """The options as a log keeps them: only what was chosen."""
        size = {} if self.context_size is None else {"context_size": self.context_size}
        return freeze_object({**Options.written(self), **size})


class LlamaCpp(OpenAICompat):
    """Models in GGUF files on this machine. Nothing is begun before the first request."""

    card: ClassVar[Card] = LLAMA_CPP

    def __init__(
        self,
        *,
        key: str = "",
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
    ) -> None:
        if key or base_url or transport:
            raise UsageError(
                "LlamaCpp begins its own servers, and has no key and no base URL: give it a file with "
                "LlamaCpp.from_gguf(...), or use OpenAICompat for a server that runs already"
            )
        super().__init__(key="", base_url=f"{NOWHERE}/v1", headers=headers)
        self._environ: Mapping[str, str] = os.environ
        self._server: str = ""
        self._args: Sequence[str] = ()
        self.context_size: int | None = None
        """How many tokens a server has room for; None is llama.cpp's choice."""

    @classmethod
    def from_gguf(
        cls,
        file: Path | str,
        *,
        context_size: int | None = None,
        args: Sequence[str] = (),
        server: Path | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """With this file as the default model, and a server of its own, shared by all of the process.

        `context_size` is how many tokens all conversations at once may have, `args` is what else stands on
        the server's command line, and `server` is the program; without one LLAMA_SERVER names it, or it is
        found on the PATH.

        Raises:
            UsageError: an argument cannot be.
        """
        if context_size is not None and context_size < 1:
            raise UsageError(f"context_size is {context_size}: it must be 1 or more")
        for word in args:
            if word.partition("=")[0] in SET:
                raise UsageError(f"LlamaCpp says {word} to llama-server itself: leave it out of args")
        provider = cls(headers=headers)
        provider.default_model = str(file)
        provider._args, provider.context_size = tuple(args), context_size
        provider._server = str(server or "")
        return provider

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the program, and the default model, that the environment names.

        The server reads all other variables of llama.cpp (LLAMA_ARG_CTX_SIZE, ...) by itself.
        """
        provider = cls(headers=headers)
        provider._environ = environ
        provider.default_model = environ.get(cls.card.place, "").strip()
        return provider

    @override
    def resumed(self, spec: ModelSpec) -> Self:
        size = spec.options.get("context_size")
        provider = copy(self)
        provider.context_size = size if isinstance(size, int) else self.context_size
        return provider

    @override
    async def models(self) -> Sequence[str]:
        """The default model, if there is one, and the GGUF files of the working directory."""
        return tuple(dict.fromkeys([*filter(None, [self.default_model]), *_files_here()]))

    @override
    def _built(self, name: str, dialect: str, options: Options) -> Remote:
        chosen = {field.name: getattr(options, field.name) for field in fields(Options)}
        return super()._built(name, dialect, Served(**chosen, context_size=self.context_size))

    @override
    def _model_id(self, name: str) -> str:
        """The whole path of the file, which means the same in any directory."""
        named = name or self.default_model
        if not named:
            raise UsageError(
                f"LlamaCpp has no default model: name a GGUF file (./model.gguf), or set {self.card.place}"
            )
        file = Path(named).expanduser().absolute()
        try:
            with file.open("rb") as opened:
                begins = opened.read(len(MAGIC))
        except OSError as error:
            raise UsageError(
                f"LlamaCpp cannot read the model {named}: {error.strerror}; name a GGUF file, or {ELSEWHERE}"
            ) from error
        if begins != MAGIC:
            raise UsageError(
                f"{named} is no GGUF file, the only kind that llama.cpp loads; name another, or {ELSEWHERE}"
            )
        return os.path.normpath(file)

    @override
    def _way(self, model: str) -> tuple[Transport, Sizing | None]:
        recipe = Recipe(program=self._program(), file=model, context_size=self.context_size, args=self._args)
        known = self.model_limits.get(model) or limits(self.name, model)
        return ServerWay(server=server(recipe)), ServerSizing(server=server(recipe), known=known)

    @override
    def _manners(self, model: str) -> Manners:
        # Pictures take a second file, the projector; without one they are refused.
        sees = any("mmproj" in word for word in self._args) or any(
            self._environ.get(f"LLAMA_ARG_MMPROJ{end}") for end in ("", "_URL")
        )
        files = COMPATIBLE if sees else replace(COMPATIBLE, pictures=())
        return suited(Manners(files=files), model, self.name)

    def _program(self) -> str:
        """The server as a path.

        Raises:
            UsageError: there is none.
        """
        named = self._server or self._environ.get(SERVER, "").strip()
        found = shutil.which(named or "llama-server", path=self._environ.get("PATH"))
        if found is None:
            what = (
                f"{named!r}, which LlamaCpp was told to run, is no program"
                if named
                else "LlamaCpp finds no llama-server on the PATH"
            )
            raise UsageError(
                f"{what}: install llama.cpp (`brew install llama.cpp`, or a release of "
                f"github.com/ggml-org/llama.cpp), or set {SERVER} to the path of its llama-server"
            )
        return str(Path(found).absolute())


def _files_here() -> Sequence[str]:
    return sorted(str(file) for file in Path().glob("*.gguf") if _is_gguf(file))


def _is_gguf(file: Path) -> bool:
    """Whether it begins like one; what cannot be read is none that could be loaded."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(MAGIC)) == MAGIC
    except OSError:
        return False
