"""Renders the messages of open text and LinkedIn steps for their contacts."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.sequences.step import ORIGIN_PREFIX
from touchbook.core.tasks.task import Task
from touchbook.core.templates.drafting import draft_text
from touchbook.core.templates.personalizing import find_all_variables
from touchbook.core.templates.queries import templates_by_id
from touchbook.core.transaction import Reader

_COMPILED = (f"{ORIGIN_PREFIX}sms", f"{ORIGIN_PREFIX}linkedin_")


async def compile_templates(reader: Reader, caller: Caller, tasks: Collection[Task]) -> dict[int, str]:
    """Return by task clean HTML for the open text and LinkedIn steps among `tasks`.

    The number of queries is fixed, and zero without such a task. The sender is the task's first assignee. A text
    that cannot be rendered is left out.
    """
    asked = {
        task.id: task.template_id
        for task in tasks
        if task.is_open and task.template_id and task.origin.startswith(_COMPILED)
    }
    if not asked:
        return {}
    templates = await templates_by_id(reader, caller, set(asked.values()))
    spoken = {task.id: (task.first("contact") or 0, task.assignee or 0) for task in tasks if task.id in asked}
    variables = await find_all_variables(reader, caller, spoken)
    texts = {task_id: draft_text(templates[asked[task_id]], said) for task_id, said in variables.items()}
    return {task_id: text for task_id, text in texts.items() if text is not None}
