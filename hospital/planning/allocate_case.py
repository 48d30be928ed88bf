"""Where and when one surgical case can go: ranked options with exact times, or what stands in the way."""

from dataclasses import replace
from datetime import date

from hospital.planning.case_model import best_choice
from hospital.planning.case_outranked import outranked
from hospital.planning.case_pieces import Choice, pieces_of
from hospital.planning.case_problem import CaseProblem
from hospital.planning.case_relax import relaxations
from hospital.planning.case_report import write_option
from hospital.planning.case_request import CaseRequest
from hospital.planning.case_result import CaseResult
from hospital.planning.case_starts import Grid, SiteStarts, grid_of, starts_at
from hospital.planning.case_why import Why
from hospital.planning.report import Rejected


def allocate_case(problem: CaseProblem, k: int = 3, seed: int = 0, limit: float = 1.0) -> CaseResult:
    """Find up to `k` options, the first the best there is, the next different in room or day, and rather in site.

    Deterministic for a seed. `limit` is CP-SAT's deterministic time for all options together; when it is up,
    the best found so far is returned and the status says so.
    """
    if k < 1:
        raise ValueError(f"k={k} must be at least 1")
    request, grid = problem.request, grid_of(problem)
    everywhere = tuple(starts_at(site, request, grid) for site in problem.sites)
    sites = tuple(one for one in everywhere if request.site in (None, one.site.id))
    choices: list[Choice] = []
    proven = True
    pieces = pieces_of(problem, grid, sites)
    while len(choices) < k and (solved := best_choice(problem, grid, pieces, choices, seed, limit / k)):
        proven = proven and (solved.proven or bool(choices))
        choices.append(solved.choice)
    options = sorted((write_option(problem, grid, choice) for choice in choices), key=lambda option: option.score)
    ranked = tuple(replace(option, rank=rank) for rank, option in enumerate(options, 1))
    rejected = _rejections(request, grid, sites, choices)
    if ranked:
        rejected += tuple(outranked(problem, grid, pieces, choices))
        return CaseResult("optimal" if proven else "feasible", ranked, rejected, (), f"{len(ranked)} options")
    relax = relaxations(request, everywhere, grid)
    return CaseResult("infeasible", (), rejected, relax, "no placement meets every constraint")


def _rejections(
    request: CaseRequest, grid: Grid, sites: tuple[SiteStarts, ...], choices: list[Choice]
) -> tuple[Rejected, ...]:
    """Sites without any start, by day; then the rooms of sites and days that were chosen from."""
    found: dict[tuple[str, str | None, date | None, str], Rejected] = {}
    chosen = {(choice.piece.site.site.id, choice.piece.day) for choice in choices}
    for site in sites:
        why = Why(site, request, grid)
        for day in why.days():
            reasons = [why.not_here(day)]
            if (site.site.id, day) in chosen:
                reasons = [why.not_in(room, day) for room in site.site.rooms]
            for reason in reasons:
                if reason is not None:
                    found[reason.site, reason.resource, reason.day, reason.why] = reason
    return tuple(found.values())
