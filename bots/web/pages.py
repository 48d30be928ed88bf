"""The page at `/` and the API's own documentation: a few files, nothing from anywhere else."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from bots.web.problems import Trouble

FOLDER = Path(__file__).parent / "page"
MEDIA_TYPES = {
    "index.html": "text/html",
    "docs.html": "text/html",
    "app.js": "text/javascript",
    "api.js": "text/javascript",
    "cards.js": "text/javascript",
    "dom.js": "text/javascript",
    "waiting.js": "text/javascript",
    "docs.js": "text/javascript",
    "plan.html": "text/html",
    "plan.js": "text/javascript",
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
}
"""Every file of the page; nothing else in its folder is ever sent."""

router = APIRouter(include_in_schema=False)


@router.get("/")
def page() -> FileResponse:
    """The page to talk and decide on."""
    return _file("index.html")


@router.get("/plans/{plan_id}")
def plan(plan_id: str) -> FileResponse:
    """The page of one plan; what is on it is fetched by whoever is signed in."""
    return _file("plan.html")


@router.get("/docs")
def docs() -> FileResponse:
    """The API, read from /openapi.json."""
    return _file("docs.html")


@router.get("/page/{name}")
def part(name: str) -> FileResponse:
    """A script, the style or the icon."""
    if name not in MEDIA_TYPES:
        raise Trouble(404, f"The page has no part {name[:60]}.")
    return _file(name)


def _file(name: str) -> FileResponse:
    return FileResponse(FOLDER / name, media_type=MEDIA_TYPES[name], headers={"Cache-Control": "no-cache"})
