from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.records import by_id, find
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.nouns import MAILINGS, TEMPLATES
from touchbook.core.templates.template import Template
from touchbook.core.transaction import Reader


async def find_template(reader: Reader, caller: Caller, template_id: int) -> Template:
    return await find(reader, caller, TEMPLATES, template_id)


async def find_mailing(reader: Reader, caller: Caller, mailing_id: int) -> Mailing:
    return await find(reader, caller, MAILINGS, mailing_id)


async def templates_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Template]:
    return await by_id(reader, caller, TEMPLATES, ids)
