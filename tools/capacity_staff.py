"""Nurses required by ratio against nurses rostered, on one unit or all units of a site."""

from hospital.cards import Card, TableCard
from hospital.model.people import Scope
from hospital.model.places import Site, Unit
from hospital.planning.intervals import Interval
from policies.access import may_read
from tools.capacity_arguments import QueryCapacity
from tools.directory import find_unit
from tools.sites_asked import find_sites, is_everywhere
from tools.tool import Answer, Toolbox
from tools.unit_roster import (
    FloatNurse,
    UnitRoster,
    competency_for,
    read_float_pool,
    read_unit_roster,
    running_shift,
    units_with_ratio,
)
from tools.windows import listed, note_clock, plural, say_clock, say_level, say_span, window_of

MAX_STAFF_DAYS = 14


def answer_staff(args: QueryCapacity, box: Toolbox) -> Answer:
    """One unit when named or at home, else every unit of the site."""
    everywhere = is_everywhere(args.site)
    if args.unit or (args.site is None and box.context.actor.home.unit_id):
        unit = find_unit(box, args.unit, None if everywhere else args.site)
        return _one_unit(args, box, box.local(unit.site_id), unit)
    pairs = [(site, unit) for site in find_sites(box, args.site) for unit in units_with_ratio(box, site)]
    rosters = [(site, read_unit_roster(box, site, unit, _window(args, box, site, unit))) for site, unit in pairs]
    short = [(site, roster) for site, roster in rosters if roster.staffing.short]
    names = listed(sorted({site.name for site, _ in rosters}))
    site, window = rosters[0][0], rosters[0][1].window
    when = f"{say_span(site, window.start, window.end)} ({say_clock(site)})"
    missing = [
        f"{r.unit.name} {r.staffing.short} ({r.worst.required} needed, {r.worst.counted} rostered)" for _, r in short
    ]
    verdict = (
        f"{plural(len(short), 'unit is', 'units are')} short of RNs: {listed(missing, 12)}"
        if short
        else f"all {len(rosters)} units have the RNs they need"
    )
    return Answer(
        headline=(
            f"{names}, {when}: {verdict}. The census is that of now; charge nurses count only when taking patients."
        ),
        facts={"sites": names, "window": when, "units": [_facts(site, roster) for site, roster in rosters]},
        cards=(_table(rosters),),
    )


def _window(args: QueryCapacity, box: Toolbox, site: Site, unit: Unit) -> Interval:
    if args.day is None and args.start is None and args.end is None:
        return running_shift(box, unit)
    return window_of(box, site, args.day, args.start, args.end, most=MAX_STAFF_DAYS)


def _one_unit(args: QueryCapacity, box: Toolbox, site: Site, unit: Unit) -> Answer:
    window = _window(args, box, site, unit)
    roster = read_unit_roster(box, site, unit, window)
    worst = roster.worst
    pool = read_float_pool(box, unit, worst.span, site.local(worst.span.start).date())
    current = [nurse for nurse in pool if nurse.competency == "current"]
    skill = say_level(competency_for(unit))
    outs = f" after {plural(roster.called_out, 'call-out')} already known" if roster.called_out else ""
    short = f"short by {roster.staffing.short}" if roster.staffing.short else "enough"
    acuity = "".join(f", {count} of them {say_level(level)}" for level, count in roster.other_levels.items())
    charge = (
        f"{plural(roster.charge_not_counted, 'charge nurse takes', 'charge nurses take')} no patients and "
        f"{'is' if roster.charge_not_counted == 1 else 'are'} not counted"
        if roster.charge_not_counted
        else "a charge nurse counts only when taking patients"
    )
    asked = f" {plural(roster.asked_for, 'shift')} asked for, not filled." if roster.asked_for else ""
    headline = (
        f"{unit.name}, {site.name}, {say_span(site, worst.span.start, worst.span.end)} ({say_clock(site)}): "
        f"{plural(worst.required, 'RN')} needed, {worst.counted} rostered{outs}: {short}. "
        f"Needed is {plural(roster.census, 'patient')} now{acuity} at 1:{roster.ratio.patients} "
        f"({roster.ratio.source}); {charge}.{asked} "
        f"Float pool free then with current {skill} competency: {len(current)}."
    )
    cards: list[Card] = [_table([(site, roster)]), _spans(site, roster)]
    place = Scope(site_id=unit.site_id, unit_id=unit.id)
    names = may_read(box.policy.data, box.context.actor, "staff_names", place) is None
    if pool:
        cards.append(_pool(pool, skill, names))
    facts = _facts(site, roster)
    facts["float_free"] = len(pool)
    facts["float_free_current"] = len(current)
    facts["float_pool"] = [nurse.name for nurse in current] if names else []
    facts["competency"] = skill
    return Answer(headline=headline, facts=facts, cards=tuple(cards))


def _facts(site: Site, roster: UnitRoster) -> dict[str, object]:
    worst = roster.worst
    return {
        "site": site.name,
        "unit": roster.unit.name,
        "unit_id": roster.unit.id,
        "level": roster.unit.level,
        "zone": site.timezone,
        "window": say_span(site, roster.window.start, roster.window.end),
        "worst": say_span(site, worst.span.start, worst.span.end),
        "census": roster.census,
        "other_levels": roster.other_levels,
        "ratio": f"1:{roster.ratio.patients}",
        "patients_per_nurse": roster.ratio.patients,
        "ratio_pack_on": roster.ratio.is_on,
        "ratio_source": roster.ratio.source,
        "required": worst.required,
        "rostered": worst.counted,
        "short": roster.staffing.short,
        "call_outs": roster.called_out,
        "requested": roster.asked_for,
        "charge_not_counted": roster.charge_not_counted,
    }


def _table(rosters: list[tuple[Site, UnitRoster]]) -> TableCard:
    return TableCard(
        title="RNs required and rostered at the worst moment",
        columns=("Site", "Unit", "When", "Census", "Ratio", "Required", "Rostered", "Short", "Call-outs", "Pack"),
        rows=tuple(
            (
                site.name,
                roster.unit.name,
                say_span(site, roster.worst.span.start, roster.worst.span.end),
                roster.census,
                f"1:{roster.ratio.patients}",
                roster.worst.required,
                roster.worst.counted,
                roster.staffing.short,
                roster.called_out,
                "on" if roster.ratio.is_on else "off",
            )
            for site, roster in rosters
        ),
        note="Charge nurses count only when taking patients; the census is that of now; times are each site's own.",
    )


def _spans(site: Site, roster: UnitRoster) -> TableCard:
    return TableCard(
        title=f"{roster.unit.name}: RNs over {say_span(site, roster.window.start, roster.window.end)}",
        columns=("When", "Required", "Rostered", "Short"),
        rows=tuple(
            (say_span(site, part.span.start, part.span.end), part.required, part.counted, part.short)
            for part in roster.staffing.spans
        ),
        note=note_clock(site),
    )


def _pool(pool: list[FloatNurse], skill: str, names: bool) -> TableCard:
    if names:
        rows = tuple(
            (nurse.name, nurse.competency, nurse.expires_on.isoformat() if nurse.expires_on else None)
            for nurse in pool
        )
        return TableCard(
            title=f"Float pool free then: {skill} competency",
            columns=("Name", "Competency", "Until"),
            rows=rows,
            note="Rest and weekly hours are checked per person when cover is proposed.",
        )
    states = ("current", "expired", "never")
    return TableCard(
        title=f"Float pool free then: {skill} competency",
        columns=("Competency", "People"),
        rows=tuple((state, sum(1 for nurse in pool if nurse.competency == state)) for state in states),
    )
