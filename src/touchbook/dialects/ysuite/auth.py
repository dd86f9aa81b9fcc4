"""Two headers, an access key and a secret; one key of Touchbook serves as the pair."""

from starlette.datastructures import Headers

from touchbook.http.credentials import bearer_token


def credential(headers: Headers) -> str | None:
    """Read the key `tb_<id>_<secret>`: split into `tb_<id>` and `<secret>`, or whole in either or both headers."""
    access = headers.get("x-ysuite-access-key")
    secret = headers.get("x-ysuite-secret-key")
    if access is None and secret is None:
        return bearer_token(headers)
    if not access or not secret:
        return None
    if secret.startswith(f"{access}_") or secret == access:
        return secret
    if access.endswith(f"_{secret}"):
        return access
    return f"{access}_{secret}"
