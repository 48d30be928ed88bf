"""In what one plan differs from the one it replaces, in words for whoever votes again."""

from difflib import SequenceMatcher

from hospital.money import format_money
from policies.plans import Need, Plan
from policies.recheck import need_words, obligations


def differences_between(old: Plan, new: Plan) -> tuple[str, ...]:
    """What people who saw the old plan must know before they decide on the new one; empty: it says the same."""
    left = [line for line in old.snapshot if line not in new.snapshot]
    came = [line for line in new.snapshot if line not in old.snapshot]
    if len(left) == len(came) and all(map(_alike, left, came)):
        found = [_both(one, other) for one, other in zip(left, came, strict=True)]
    else:
        found = [*(f'"{line}" is left out' for line in left), *(f'"{line}" is new' for line in came)]
    if old.cost != new.cost:
        found.append(f"the cost was {format_money(old.cost)} and is {format_money(new.cost)}")
    before, after = obligations(old.needs), obligations(new.needs)
    found += [f"{_said(need)} must agree as well" for key, need in after.items() if key not in before]
    found += [f"{_said(need)} need not agree any more" for key, need in before.items() if key not in after]
    if old.asked_by != new.asked_by:
        found.append(f"{new.asked_by} asks for it now, not {old.asked_by}")
    return tuple(found)


def _alike(old: str, new: str) -> bool:
    """Whether most words of both are the same, so that one sentence can hold both."""
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() >= 0.5


def _both(old: str, new: str) -> str:
    """One sentence for both, with "[before → after]" where they differ."""
    before, after = old.split(), new.split()
    said: list[str] = []
    for same, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        was, now = " ".join(before[a:b]), " ".join(after[c:d])
        said.append(was if same == "equal" else f"[{was or 'nothing'} → {now or 'nothing'}]")
    return " ".join(said)


def _said(need: Need) -> str:
    return f"{need_words(need)} ({need.of})" if need.of else need_words(need)
