"""A provider as a line of a table."""

from collections.abc import Sequence

from sagent.lib.value import frozen


@frozen(kw_only=True)
class Card:
    """A provider as a line of a table."""

    name: str
    """What people call it; its class has this name too."""
    keys: Sequence[str]
    """The environment variables that may hold its key, in this order."""
    place: str
    """The environment variable that names another base URL, as the vendor's own SDK calls it; or the model's
    file, where a server is begun for it."""
    base_url: str
    """Empty where there is none that could be meant."""
    dialects: Sequence[str]
    """The wires that it speaks, first the one that is meant where none is named."""
    default: str
    """The model that is meant where none is named."""
    utility: str
    """A small and cheap model that calls tools, for side work."""
    prices: str
    """Whose prices hold, by the provider's id in genai-prices; empty where nobody knows."""
    keyless: bool = False
    """Whether it can be talked to without a key."""
    signs: Sequence[str] = ()
    """Variables that say without a key that it is meant."""
    switches: Sequence[str] = ()
    """Variables that say so by `true` or `1`; of several that are set the first counts."""
    payers: Sequence[str] = ()
    """Variables that say whose bill it is, beside the key."""
    chain: str = ""
    """What else opens its door, in words; empty where only a key does."""
    routes: bool = False
    """Whether it serves other vendors' models, under ids that may begin as theirs or have slashes."""
    vendor: str = ""
    """The provider whose models it serves, under which they are known; empty where it is none or many."""
    ids: str = ""
    """How the ids of its models begin and nobody else's, as a regular expression; empty where none tell."""
    home: str = ""
    """The module that holds its class; empty where it is not looked up by name."""

    @property
    def own(self) -> bool:
        """Whether it stands for servers and files of one's own, whose models nobody else can know."""
        return self.keyless and not self.chain

    @property
    def slashed(self) -> bool:
        """Whether ids of its models may have slashes."""
        return self.routes or "/" in f"{self.default}{self.utility}"
