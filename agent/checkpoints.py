"""Where LangGraph keeps its checkpoints: a file of their own, pruned when a turn ends."""

import asyncio
from pathlib import Path

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


class Checkpoints:
    """An SQLite saver opened when the first turn needs it. Authority never lives here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saver: AsyncSqliteSaver | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> AsyncSqliteSaver:
        """The saver: WAL, synchronous NORMAL (the ledger's file stays FULL), only plain values allowed."""
        async with self._opening:  # two first turns at once open one file
            if self._saver is None:
                import aiosqlite

                self._path.parent.mkdir(parents=True, exist_ok=True)
                connecting = aiosqlite.connect(self._path, timeout=10)
                # Its thread waits for the connection to be closed; a script that forgets it would never end.
                connecting._thread.daemon = True
                connection = await connecting
                await connection.execute("PRAGMA synchronous=NORMAL")
                saver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
                await saver.setup()
                self._saver = saver
            return self._saver

    async def prune(self, thread_id: str) -> None:
        """Keep only the latest checkpoint of a thread (the saver itself offers no such thing on SQLite)."""
        if self._saver is None:
            return
        connection = self._saver.conn
        for table in ("writes", "checkpoints"):
            await connection.execute(
                f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < "
                "(SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?)",
                (thread_id, thread_id),
            )
        await connection.commit()

    async def close(self) -> None:
        """Close the file."""
        if self._saver is not None:
            await self._saver.conn.close()
            self._saver = None
