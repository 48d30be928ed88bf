"""What the three services have in common: keys, refusals, the journal, and looking up what became of a key."""

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict

from hospital.clocks import SystemClock
from hospital.ports import Clock
from middleware.sandbox.services.ledger import Data, Refused, ServiceFile
from middleware.sandbox.switches import sandbox_folder

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=300)]
"""The same key is the same effect, once."""
Plan = Annotated[str | None, Header(alias="Wardline-Plan")]
"""The approved plan that a message comes from."""


class Asked(BaseModel):
    """A request body; fields that a service does not know are kept as they are."""

    model_config = ConfigDict(extra="allow")


class Spanned(Asked):
    """A request for a time span."""

    start: AwareDatetime
    end: AwareDatetime

    def model_post_init(self, _: Any) -> None:
        """Refuse a span that ends before it starts."""
        if self.end <= self.start:
            raise ValueError("end is not after start")


class Undone(Asked):
    """Which effect is taken back, by its key."""

    undoes: str


ENDED = defaultdict(lambda: "cancelled", requisition="withdrawn")
"""The state in which a record ends whose making is taken back, by kind."""


def file_of(home: Path, system: str, clock: Clock | None = None) -> ServiceFile:
    """The file of one service: HOME/sandbox/SYSTEM.db."""
    return ServiceFile(sandbox_folder(home) / f"{system}.db", clock or SystemClock())


def common_service(title: str, file: ServiceFile) -> FastAPI:
    """A service with `GET /effects/KEY`, `GET /feed?since=` and refusals as JSON; the caller adds the rest."""
    app = FastAPI(title=title, docs_url=None, redoc_url=None)

    @app.exception_handler(Refused)
    async def refused(_: Request, problem: Refused) -> JSONResponse:
        return JSONResponse({"detail": str(problem)}, problem.status)

    @app.get("/effects/{key:path}")
    async def effect(key: str) -> Data:
        """What was done under a key; 404 when it never arrived."""
        with file.reading() as books:
            if (found := books.effect(key)) is None:
                raise HTTPException(404, f"nothing ever arrived under {key}")
            operation, _, kind, reference = found
            return {"key": key, "operation": operation, "reference": reference, "record": books.get(kind, reference)}

    @app.post("/undo")
    async def undo(body: Undone, key: Key) -> Data:
        """Take back what was done under another key, unless it has changed since."""
        return {"reference": file.undo(key, body.undoes, ENDED)}

    @app.get("/feed")
    async def feed(since: int = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> Data:
        """What changed after `since`, oldest first; ask again with `next`."""
        with file.reading() as books:
            changes = books.changes(since, limit)
        return {"changes": changes, "next": changes[-1]["seq"] if changes else since}

    return app


def found(file: ServiceFile, kind: str, id: str) -> Data:
    """One record.

    Raises:
        HTTPException: 404 when there is none.
    """
    with file.reading() as books:
        record = books.get(kind, id)
    if record is None:
        raise HTTPException(404, f"there is no {kind} {id}")
    return record


def answer(record: Data, new: bool) -> JSONResponse:
    """201 for what was made just now, 200 for what the same key had made before."""
    return JSONResponse({"reference": record["id"], "record": record}, 201 if new else 200)
