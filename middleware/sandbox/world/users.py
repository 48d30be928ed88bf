"""People who sign in, what they may do and where."""

from collections.abc import Iterator

from hospital.model.people import Clinician, User
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.names import different_names
from middleware.sandbox.world.places import SITES, SitePlan

Scope = dict[str, str]
Grants = list[tuple[str, Scope]]
HOME = "northgate"

SITE_ROLES: tuple[tuple[str, str], ...] = (
    ("or.scheduler", "or_scheduler"),
    ("capacity.manager", "capacity_manager"),
    ("periop.director", "periop_director"),
    ("or.charge", "or_charge"),
    ("anaesthesia.lead", "anaesthesia_lead"),
    ("nursing.supervisor", "nursing_supervisor"),
    ("cno.delegate", "cno_delegate"),
)
"""Every site has these; elsewhere than at Northgate with the site's name behind."""
UNIT_ROLES = (("charge", "charge_nurse"), ("nurse.manager", "nurse_manager"))
MONEY: tuple[tuple[str, str, str], ...] = (
    ("periop.manager", "cost_centre_manager", "4100"),
    ("nursing.finance", "cost_centre_manager", "4200"),
    ("imaging.finance", "cost_centre_manager", "4300"),
    ("supply.manager", "cost_centre_manager", "4400"),
    ("cardiology.finance", "cost_centre_manager", "4500"),
    ("periop.deputy", "cost_centre_manager", "4100"),
    ("nursing.deputy", "cost_centre_manager", "4200"),
    ("imaging.director", "cost_centre_director", "4300"),
    ("supply.director", "cost_centre_director", "4400"),
)
DIRECTS = {"periop.director": "4100", "cno.delegate": "4200"}
"""Northgate's holders of a site role who also direct a cost centre."""
LINE_MANAGERS = {
    "ortho.manager": "orthopaedics", "cardiology.manager": "cardiology", "imaging.manager": "imaging",
    "ent.manager": "ent",
}  # fmt: skip
CLINIC_DIRECTORS = {
    "clinic.director.ent": "ent", "clinic.director.derm": "dermatology", "clinic.director.neuro": "neurology",
    "cardiology.director": "cardiology", "clinic.director.ortho": "orthopaedics",
    "clinic.director.medicine": "medicine", "clinic.director.urology": "urology",
    "clinic.director.gastro": "gastroenterology", "clinic.director.gynae": "gynaecology",
    "clinic.director.endo": "endocrinology",
}  # fmt: skip
EVERYWHERE: tuple[tuple[str, str], ...] = (
    ("callcenter.1", "call_center_agent"),
    ("callcenter.2", "call_center_agent"),
    ("finance.controller", "finance_controller"),
    ("policy.owner.clinical", "policy_owner"),
    ("policy.owner.finance", "policy_owner"),
    ("policy.owner.operations", "policy_owner"),
    ("compliance", "auditor"),
    ("admin", "admin"),
)


def build_users(frame: Frame, world: World) -> None:
    """All users, each with a name of their own."""
    found = list(_all())
    names = different_names(frame.rng("users"), len(found))
    for name, (id, grants, home) in zip(names, found, strict=True):
        world.add(User, _user(id, name, grants, home))
    for person in world.of(Clinician):
        if person["role"] == "surgeon":
            person["user_id"] = person["id"]
            own: Grants = [("surgeon", {"service_id": person["service_id"]})]
            home = {"site_id": person["site_ids"][0], "service_id": person["service_id"]}
            world.add(User, _user(person["id"], person["name"], own, home, person["id"]))


def _all() -> Iterator[tuple[str, Grants, Scope]]:
    for site in SITES:
        yield from _of_site(site)
    for id, role, centre in MONEY:
        yield id, [(role, {"cost_centre_id": centre})], {"cost_centre_id": centre}
    for id, service in LINE_MANAGERS.items():
        yield id, [("service_line_manager", {"service_id": service})], {"service_id": service}
    for id, service in CLINIC_DIRECTORS.items():
        own: Grants = [("clinic_medical_director", {"service_id": service})]
        if id == "cardiology.director":
            own.append(("cost_centre_director", {"cost_centre_id": "4500"}))
        yield id, own, {"service_id": service}
    for id, role in EVERYWHERE:
        yield id, [(role, {})], {}


def _of_site(site: SitePlan) -> Iterator[tuple[str, Grants, Scope]]:
    suffix = "" if site.id == HOME else f".{site.id}"
    here: Scope = {"site_id": site.id}
    for id, role in SITE_ROLES:
        grants: Grants = [(role, here)]
        if id in DIRECTS and not suffix:
            grants.append(("cost_centre_director", {"cost_centre_id": DIRECTS[id]}))
        yield f"{id}{suffix}", grants, here
    buys: Grants = [("supply_chain", {"cost_centre_id": centre}) for centre in ("4100", "4400")]
    yield f"supply.lead{suffix}", buys, here
    for unit in site.units:
        scope = {"site_id": site.id, "unit_id": f"{site.id}-{unit.slug}"}
        for prefix, role in UNIT_ROLES:
            yield f"{prefix}.{unit.slug.replace('-', '')}{suffix}", [(role, scope)], scope


def _user(id: str, name: str, grants: Grants, home: Scope, clinician: str | None = None) -> Row:
    return {
        "id": id,
        "name": name,
        "grants": tuple({"role": role, "scope": scope} for role, scope in grants),
        "home": home,
        "clinician_id": clinician,
    }
