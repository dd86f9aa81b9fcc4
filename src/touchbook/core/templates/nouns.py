from touchbook.core.contacts.seeing import sees_contact
from touchbook.core.folding import fold
from touchbook.core.noun import Noun
from touchbook.core.query.where import OWNER
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.template import Template

TEMPLATES = Noun("template", "templates", Template, folded={"name_folded": ("name", fold)})
MAILINGS = Noun(
    "mailing",
    "mailings",
    Mailing,
    derived={
        "task_id": """select min(t.id) from tasks t
            where t.team_id = $1 and t.mailing_id = x.id and t.deleted_at is null"""
    },
    seen=sees_contact("x.contact_id", OWNER),
)
