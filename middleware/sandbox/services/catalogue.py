"""The table of contents of the sandbox services, and how they are served on ports of their own."""

import asyncio
import signal
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI

from hospital.ports import Clock
from middleware.sandbox.services.ehr import ehr_service
from middleware.sandbox.services.erp import erp_service
from middleware.sandbox.services.faults import App, with_faults
from middleware.sandbox.services.workforce import workforce_service

SERVICES: dict[str, Callable[[Path, Clock | None], FastAPI]] = {
    "ehr": ehr_service,
    "wfm": workforce_service,
    "erp": erp_service,
}


def open_service(system: str, home: Path, clock: Clock | None = None) -> App:
    """One service on its file in this home, with the faults that are switched on there."""
    return with_faults(SERVICES[system](home, clock), home, system)


def serve_services(home: Path, ports: Mapping[str, int], host: str = "127.0.0.1") -> None:
    """Serve these systems on these ports until the process is interrupted or told to end."""
    import uvicorn

    class Served(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            """Several servers share this process: signals are for all of them (see `stop`)."""
            yield

    async def serve() -> None:
        servers = [
            Served(uvicorn.Config(open_service(system, home), host, port, log_level="warning", lifespan="off"))
            for system, port in ports.items()
        ]

        def stop() -> None:
            for server in servers:
                server.should_exit = True

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        await asyncio.gather(*(server.serve() for server in servers))

    asyncio.run(serve())
