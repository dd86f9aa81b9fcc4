"""Sends `RateLimit: limit=160, remaining=159, reset=8` with every answer, and details with a 429."""

from touchbook.http.limiting import WINDOW, Allowance


def limit_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "ratelimit": f"limit={allowance.limit}, remaining={allowance.remaining}, reset={allowance.reset}",
        "ratelimit-reset": str(allowance.reset),
    }


def exceeded_headers(allowance: Allowance) -> dict[str, str]:
    return {
        **limit_headers(allowance),
        "retry-after": str(allowance.reset),
        "x-rate-limit-limit": str(allowance.limit),
        "x-rate-limit-remaining": str(allowance.remaining),
        "x-rate-limit-reset": str(allowance.reset),
    }


def exceeded_body(allowance: Allowance) -> dict[str, object]:
    return {
        "error": {
            "message": "API call count exceeded for this key.",
            "rate_reset": float(allowance.reset),
            "rate_limit": allowance.limit,
            "rate_window": int(WINDOW),
            "rate_limit_type": "key",
        },
        "rate_reset": float(allowance.reset),
    }
