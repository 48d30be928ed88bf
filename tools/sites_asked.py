"""Which sites a read is about: the one named, all of them, or the asker's home."""

from hospital.model.places import Site
from tools.directory import find_site
from tools.tool import Toolbox
from tools.windows import listed

EVERYWHERE = frozenset({"all", "all sites", "any", "any site", "every site", "everywhere"})
SITE_HELP = "Site name or id, several with commas, or 'all'; unstated: the asker's home site"


def is_everywhere(said: str | None) -> bool:
    """Whether all sites are meant."""
    return said is not None and " ".join(said.casefold().split()) in EVERYWHERE


def find_sites(box: Toolbox, said: str | None) -> list[Site]:
    """The sites meant, in the order named; somebody without a home site means all of them."""
    if is_everywhere(said) or (said is None and box.context.actor.home.site_id is None):
        return box.world.find(Site, order="name")
    return [find_site(box, one.strip() or None) for one in (said or "").split(",")]


def say_sites(sites: list[Site], said: str | None) -> str:
    """`Northgate`, `Northgate (your home site)`, `Harbor and Lakeside` or `all 5 sites`."""
    if len(sites) > 1:
        several = said is not None and not is_everywhere(said)
        return listed([site.name for site in sites]) if several else f"all {len(sites)} sites"
    return sites[0].name if said else f"{sites[0].name} (your home site)"
