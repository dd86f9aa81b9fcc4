"""Lets PgQueuer use the store's connections, so that it notices like everybody else when the database is away."""

from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver

from touchbook.store.postgres import Store


class StoreDriver(AsyncpgPoolDriver):
    """Errors: Unavailable."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.pool)
        self._store = store

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        async with self._store.connection() as connection:
            return [dict(row) for row in await connection.fetch(query, *args)]

    async def execute(self, query: str, *args: object) -> str:
        async with self._store.connection() as connection:
            done: str = await connection.execute(query, *args)
            return done

    async def notify(self, channel: str, payload: str) -> None:
        await self.execute("select pg_notify($1, $2)", channel, payload)
