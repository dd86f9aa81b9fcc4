"""How much of the rate is left."""

from touchbook.dialects.kit.limiting import Allowance


def limit_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(allowance.limit),
        "x-ratelimit-remaining": str(allowance.remaining),
        "x-ratelimit-reset": str(allowance.reset_at),
    }
