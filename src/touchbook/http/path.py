"""The path of a request. An encoded slash (`%2F`) belongs to a name and separates nothing."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.types import Scope

from touchbook.http.bodies import check_text

# No record has a longer name: such a path leads to none.
LONGEST_NAME = 2_000
_SLASHES = re.compile(r"/{2,}")
# It stands for a slash of a name while routes are tried. No decoded path has a lone surrogate, and nothing can
# encode one: that is why it goes from here to the router alone.
_SLASH_IN_NAME = "\udc2f"


def path_to_route(scope: Scope) -> str:
    """Return the path without doubled and trailing slashes, for the router; everything else uses `written`."""
    return _SLASHES.sub("/", _decoded(scope)).rstrip("/")


def names_in(scope: Scope) -> Mapping[str, str]:
    """Return the decoded path parameters. Errors: Malformed for one that no column holds."""
    names = {name: text.replace(_SLASH_IN_NAME, "/") for name, text in scope.get("path_params", {}).items()}
    for text in names.values():
        check_text(text)
    return names


def written(path: str) -> str:
    """Return a text that no other path has: `a%2Fb` for a name `a/b`, `a%252Fb` for a name `a%2Fb`."""
    return path.replace("%", "%25").replace(_SLASH_IN_NAME, "%2F")


def _decoded(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" not in raw.lower():
        path: str = scope["path"]
        return path
    return "/".join(unquote(part).replace("/", _SLASH_IN_NAME) for part in raw.decode("ascii").split("/"))
