"""Words of decoders, which no refusal may have: a client knows neither msgspec nor Python."""

import re

DECODER_WORDS = re.compile(
    r"Expected `|got `|matching regex|RFC3339|Object (missing|contains)|Invalid enum value|Input data was|JSON is"
    r" malformed|MessagePack|`\w+`|\bNone\b|\bTrue\b|\bFalse\b|<class |object at 0x|datetime\.\w"
    r"|\b(UUID|Decimal)\(|\bNoneType\b|\bUnset\w*\b|Traceback|Error:|\b(?!InternalServerError)[A-Z]\w+Error\b|\[b?'|\{b?'"
)


def decoder_words(refusal: str, sent: str) -> list[str]:
    """Return the words in a refusal that the client did not send itself."""
    return [found for match in DECODER_WORDS.finditer(refusal) if (found := match[0]) not in sent]
