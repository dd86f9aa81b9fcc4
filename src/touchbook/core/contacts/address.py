"""A postal address: the known parts, and the lines assembled from them."""

from collections.abc import Mapping

PARTS = (
    "building", "house_num", "predir", "qual", "pretype", "name", "suftype", "sufdir", "ruralroute", "extra",
    "city", "state", "country", "postcode", "box", "unit",
)  # fmt: skip
_LINE1 = ("house_num", "predir", "pretype", "name", "suftype", "sufdir", "unit")
_LINE2 = ("city", "state", "postcode")


def assemble_address(parts: Mapping[str, str | None]) -> dict[str, str]:
    """Return the non-empty parts with `line1`, `line2`, `full` and the type (RC-042 to RC-046), or {} without a
    part.
    """
    known = {name: parts[name] or "" for name in PARTS if (parts.get(name) or "").strip()}
    if not known:
        return {}
    line1, line2 = _joined(known, _LINE1), _joined(known, _LINE2)
    full = ", ".join(line for line in (line1, line2) if line)
    return {**known, "line1": line1, "line2": line2, "full": full, "type": "stdaddr"}


def _joined(parts: Mapping[str, str], names: tuple[str, ...]) -> str:
    return " ".join(parts[name] for name in names if name in parts)
