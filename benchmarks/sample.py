from base64 import b64encode
from typing import Literal

from msgspec import Struct


class Sample(Struct, frozen=True):
    """One request, as a client of its dialect sends it."""

    method: str
    target: str
    body: str = ""

    @property
    def surface(self) -> Literal["ysuite", "close", "rechat", "outreach"]:
        if self.target.startswith(("/contacts", "/crm")):
            return "rechat"
        if self.target.startswith("/api/v2/"):
            return "outreach"
        return "ysuite" if self.target.startswith("/v1/") else "close"

    def headers(self, key: str) -> dict[str, str]:
        kind = "application/vnd.api+json" if self.surface == "outreach" else "application/json"
        sent = {"content-type": kind, "content-length": str(len(self.body))} if self.body else {}
        return {**_CREDENTIALS[self.surface](key), "accept": kind, **sent}

    def bytes(self, key: str) -> bytes:
        lines = [f"{name}: {value}" for name, value in self.headers(key).items()]
        head = "\r\n".join([f"{self.method} {self.target} HTTP/1.1", "host: localhost", *lines])
        return f"{head}\r\n\r\n{self.body}".encode("ascii")


def _two_keys(key: str) -> dict[str, str]:
    number, secret = key.removeprefix("tb_").split("_", 1)
    return {"x-ysuite-access-key": f"tb_{number}", "x-ysuite-secret-key": secret}


def _basic(key: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


_CREDENTIALS = {"ysuite": _two_keys, "close": _basic, "rechat": _bearer, "outreach": _bearer}
