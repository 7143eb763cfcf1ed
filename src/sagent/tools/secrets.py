"""Files that usually hold keys or passwords, by their names."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from sagent.tools.ignore_file import IgnoreFile, legible, rules_of

NAMES: Final = (
    *(
        ".env",
        ".env.*",
        "*.env",
        ".envrc",
        "*.pem",
        "*.key",
        "*.p12",
        "*.pfx",
        "*.jks",
        "*.keystore",
        "*.ppk",
    ),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "*.kdbx"),
    *(".netrc", "_netrc", ".pgpass", ".my.cnf", ".npmrc", ".pypirc", ".htpasswd", ".git-credentials"),
    *("credentials", "credentials.json", "client_secret*.json", "service-account*.json", "secrets.yml"),
    *("secrets.yaml", "secrets.toml", "*.tfvars", "master.key"),
)
"""Patterns of file names."""

PATHS: Final = (
    *(".docker/config.json", ".kube/config", ".config/gh/hosts.yml", ".cargo/credentials.toml"),
    *(".aws/config", ".azure/accessTokens.json", ".m2/settings.xml"),
)
"""Files whose names say little by themselves."""

HARMLESS: Final = (
    *("*.example", "*.sample", "*.template", "*.dist", ".env.example.*", ".env.sample.*", ".env.template.*"),
    *("example.env", "sample.env", "template.env"),
)
"""Patterns of names among them that show how such a file is written."""

LISTED: Final = (*NAMES, *dict.fromkeys(path.rpartition("/")[2] for path in PATHS))
"""Patterns of all names that come into question."""


@lru_cache(maxsize=1)
def _rules() -> IgnoreFile:
    lines = (*NAMES, *(f"**/{path}" for path in PATHS), *(f"!{pattern}" for pattern in HARMLESS))
    rules = rules_of("\n".join(lines).encode())
    assert rules is not None
    return rules


def is_secret(path: bytes, top: Path) -> bool:
    """Whether a file below a directory is likely to hold a secret."""
    name = path[path.rfind(b"/") + 1 :]
    if name not in _EXACT and not name.endswith(_ENDINGS) and not name.startswith(_BEGINNINGS):
        return False
    folder = os.path.join(os.fsencode(top), path[: -len(name)])[1:]  # noqa: PTH118
    return _rules().verdict(legible(name), legible(folder), False) is True


_EXACT: Final = frozenset(name.encode() for name in LISTED if "*" not in name)
_ENDINGS: Final = tuple(name[1:].encode() for name in LISTED if name.startswith("*"))
_BEGINNINGS: Final = tuple(name.partition("*")[0].encode() for name in LISTED if "*" in name[1:])
