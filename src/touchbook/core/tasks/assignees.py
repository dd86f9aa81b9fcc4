"""The assignees of tasks. Beside each stand the sort keys of their lists, so that one index serves a list."""

SORT_KEYS = ("status", "due_at", "due_on", "due_offset")
KEY_COLUMNS = ", ".join(SORT_KEYS)
