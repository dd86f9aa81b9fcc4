"""A search index keeps new entries in a list beside it, which the write that finds it full has to merge. The
worker merges it before.
"""

from touchbook.store.postgres import Store

_MERGED = """select gin_clean_pending_list(i.indexrelid)
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
where m.amname = 'gin' and c.relnamespace = 'public'::regnamespace and i.indisvalid
and pg_has_role(c.relowner, 'usage')"""


async def merge_new_entries(store: Store) -> None:
    async with store.reading() as reader:
        await reader.fetch(_MERGED)
