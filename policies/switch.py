"""The kill switch: stops all writing, for the whole system or for one site; reading goes on."""

from datetime import datetime

from hospital.ids import UserId
from hospital.model.governance import KILL_SWITCH
from hospital.model.people import Scope, User
from hospital.model.places import Site
from hospital.model.work import Setting
from hospital.ports import Range, Reader, Store
from policies import audit
from policies.decide import Policy
from policies.outcomes import Outcome, join
from policies.surfaces import DECIDES


def turn_switch(
    store: Store,
    policy: Policy,
    user_id: UserId,
    on: bool,
    site_id: str | None,
    reason: str,
    surface: str,
    now: datetime,
) -> Outcome:
    """Stop all writing, or let it go on; `site_id` None is the whole system.

    Returns:
        `recorded`, `unchanged` when it was so already, or `refused` with the rules against it.
    """
    where = site_id or "the whole system"
    with store.working() as uow:
        user = uow.get(User, user_id)
        if user is None or not user.active or surface not in DECIDES:
            return Outcome(status="refused", sentence="Only an active, signed-in person turns the kill switch.")
        if site_id is not None and uow.get(Site, site_id) is None:
            known = join([site.id for site in uow.find(Site, order="id")])
            return Outcome(status="refused", sentence=f"There is no site {site_id}; there is {known}.")
        facts = {"turns_on": on, "reason": reason.strip()}
        hits = policy.against(uow, user, "kill_switch", Scope(site_id=site_id), facts)
        name = f"{KILL_SWITCH}:{site_id}" if site_id else KILL_SWITCH
        word = "on" if on else "off"
        before = uow.get(Setting, name)
        same = (before.value if before else "off") == word
        said = join([hit.why for hit in hits], "and")
        why = f"refused: {said}" if said else f"{word} for {where}: {reason.strip()}"
        details = {"site": site_id, "on": on, "was": before.value if before else "off"}
        audit.append(uow, at=now, actor=user_id, surface=surface, what="kill_switch", why=why, details=details)
        if said:
            return Outcome(status="refused", sentence=f"{said[:1].upper()}{said[1:]}.", rules=hits)
        if same:
            return Outcome(status="unchanged", sentence=f"The kill switch is {word} already for {where}.")
        uow.put(Setting(id=name, value=word))
    goes_on = "reading, handing over and withdrawing go on" if on else "writing goes on"
    return Outcome(status="recorded", sentence=f"The kill switch is {word} for {where}; {goes_on}.")


def stopped_sites(world: Reader) -> tuple[str | None, ...]:
    """Where the kill switch is on: site ids; None stands for the whole system."""
    found = world.find(Setting, id=Range(at_least=KILL_SWITCH, before=f"{KILL_SWITCH};"), value="on", order="id")
    return tuple(one.id.partition(":")[2] or None for one in found)
