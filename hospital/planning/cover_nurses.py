"""Options for nurse cover: the whole fill order, then without its first step, and so on to the agency alone."""

from collections import Counter
from dataclasses import replace

from hospital.planning.nurse_cover import (
    FILL_ORDER,
    CoverOption,
    CoverProblem,
    CoverResult,
    Gap,
    Nurse,
    Source,
    Status,
    why_not,
)
from hospital.planning.nurse_cover_model import Chosen, solve
from hospital.planning.relax import smallest_sets
from hospital.planning.report import ConstraintReport, Relaxation

SECONDS = 8.0
"""How long all options together may take."""

Able = frozenset[tuple[str, str]]


def cover_nurses(
    problem: CoverProblem, most: int = len(FILL_ORDER), seconds: float = SECONDS, seed: int = 0
) -> CoverResult:
    """Up to `most` different options; `infeasible` when even the best leaves a shift short, with what would help."""
    gaps = [gap for gap in problem.gaps if gap.short]
    if not gaps:
        return CoverResult("empty")
    too_long = [gap for gap in gaps if gap.span.minutes > problem.hours.most_hours_a_day * 60]
    if too_long:
        hours = problem.hours.most_hours_a_day
        words = f"a shift of at most {hours} h: {too_long[0].id} is longer than anybody may work"
        return CoverResult("contradictory", relax=(Relaxation(("shift length",), words),))
    able, against = _who(problem, gaps)
    share = seconds / (len(FILL_ORDER) + 2)
    best = solve(problem, able, share, seed)
    later = [FILL_ORDER[step:] for step in range(1, len(FILL_ORDER))] if best[0] else []
    found = [best, *(solve(problem, able, share, seed, sources) for sources in later)]
    options: list[CoverOption] = []
    for assignments, missing, _ in found:
        option = CoverOption(assignments, missing, ConstraintReport((), {}))
        if (missing and options) or any(option.same_as == one.same_as for one in options) or not assignments:
            continue
        options.append(replace(option, report=_report(problem, option, able)))
    status: Status = "infeasible" if best[1] else "optimal" if best[2] else "feasible"
    relax = _relax(problem, best, share, seed) if best[1] else ()
    eligible = tuple((nurse, gap) for nurse in problem.nurses for gap in gaps if (nurse.id, gap.id) in able)
    return CoverResult(status, tuple(options), against, eligible, relax)


def _who(problem: CoverProblem, gaps: list[Gap]) -> tuple[Able, tuple[tuple[Nurse, Gap, str], ...]]:
    able = set[tuple[str, str]]()
    against = []
    for nurse in problem.nurses:
        for gap in gaps:
            if (why := why_not(problem, nurse, gap)) is None:
                able.add((nurse.id, gap.id))
            else:
                against.append((nurse, gap, why))
    return frozenset(able), tuple(against)


def _report(problem: CoverProblem, option: CoverOption, able: Able) -> ConstraintReport:
    """What keeps a cheaper source from doing more, and how many more people could come to each shift."""
    pool = {nurse.id: nurse.pool for nurse in problem.nurses}
    used = {one.nurse for one in option.assignments}
    free = Counter[str](pool[who] for who in {who for who, _ in able} if who not in used)
    binding = []
    sources = {one.source for one in option.assignments}
    last = max((FILL_ORDER.index(source) for source in sources), default=0)
    cheaper: tuple[tuple[Source, str], ...] = (("home", "the unit"), ("float", "the float pool"))
    for source, words in cheaper:
        if FILL_ORDER.index(source) < last and not free[source]:
            binding.append(f"nobody more of {words} can come")
    spare = {
        gap.id: sum(1 for who, at in able if at == gap.id and who not in used) for gap in problem.gaps if gap.short
    }
    return ConstraintReport(tuple(binding), spare)


_WAYS = ("agency", "competency", "volunteers")
_WORDS = {
    "agency": "an agency that has such nurses",
    "competency": "the nursing supervisor lets people float whose competency has expired",
    "volunteers": "more of the unit's own people offer an extra shift",
}


def _relax(problem: CoverProblem, best: Chosen, seconds: float, seed: int) -> tuple[Relaxation, ...]:
    """The smallest sets of constraints without which everything is covered; hours, rest and ratios never give."""

    def holds(names: frozenset[str]) -> bool:
        eased = _eased(problem, names)
        able, _ = _who(eased, [gap for gap in problem.gaps if gap.short])
        return not solve(eased, able, seconds / 4, seed)[1]

    if groups := smallest_sets(_WAYS, holds):
        return tuple(
            Relaxation(tuple(sorted(group)), " and ".join(_WORDS[name] for name in sorted(group))) for group in groups
        )
    short = sum(best[1].values())
    return (Relaxation(("need",), f"{short} nurses fewer needed: fewer patients on the unit, or beds closed"),)


def _eased(problem: CoverProblem, names: frozenset[str]) -> CoverProblem:
    eased = problem
    if "agency" in names:
        eased = replace(eased, agency_rate=eased.agency_rate or 0)
    if "competency" in names:
        eased = replace(eased, expired_allowed=True)
    if "volunteers" in names:
        eased = replace(eased, nurses=tuple(replace(nurse, volunteers=True) for nurse in eased.nurses))
    return eased
