"""Serving an application on a port of its own, as long as a block lasts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[None]:
    """An application on this port, as long as the block lasts."""
    config = uvicorn.Config(app, port=port, proxy_headers=False, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError(f"nothing could be served on port {port}: somebody else took it")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
