"""Names of time zones in PostgreSQL."""

from datetime import timedelta, tzinfo
from zoneinfo import ZoneInfo


def zone_name(zone: tzinfo) -> str:
    """Return an IANA name, or the POSIX form of a fixed offset, whose sign is reversed."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    offset = zone.utcoffset(None) or timedelta()
    minutes = round(offset / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    clock = f"{hours:02}:{rest:02}"
    ahead, behind = ("+", "-") if minutes >= 0 else ("-", "+")
    return f"<{ahead}{clock.replace(':', '')}>{behind}{clock}"
