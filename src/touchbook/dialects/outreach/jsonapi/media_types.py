"""JSON:API's content type, whose parameters may be `ext` and `profile`: no extension is known here.

Many HTTP libraries add `charset=utf-8` by themselves; it says what holds anyhow.
"""

from starlette.datastructures import Headers

from touchbook.http.errors import NotAcceptable, UnsupportedMedia

JSON_API = "application/vnd.api+json"


def check_sent(headers: Headers) -> None:
    """UnsupportedMedia if the body is not declared as JSON:API, or with other parameters."""
    kind, *parameters = headers.get("content-type", "").split(";")
    if not _is_json_api(kind) or not all(map(_is_known, parameters)):
        raise UnsupportedMedia(f"The body must be {JSON_API}, without extensions or other parameters.")


def check_accepted(headers: Headers) -> None:
    """NotAcceptable if the client takes JSON:API with parameters only that are not known here."""
    accepted = [each.split(";") for line in headers.getlist("accept") for each in line.split(",")]
    asked = [parameters for kind, *parameters in accepted if _is_json_api(kind)]
    if asked and not any(all(map(_is_known_or_weight, parameters)) for parameters in asked):
        raise NotAcceptable(f"Answers are {JSON_API}, without extensions or other parameters.")


def _is_json_api(kind: str) -> bool:
    return kind.strip().lower() == JSON_API


def _is_known(parameter: str) -> bool:
    name, _, value = (part.strip().lower() for part in parameter.partition("="))
    value = value.strip('"').strip()
    return name in ("", "profile") or (name == "ext" and not value) or (name, value) == ("charset", "utf-8")


def _is_known_or_weight(parameter: str) -> bool:
    return _is_known(parameter) or parameter.partition("=")[0].strip().lower() == "q"
