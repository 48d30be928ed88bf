"""The competition's problem: what is counted, what is found, and what is written."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bots.settings import read_settings
from evals.benchmarks.ihtc.instance import Instance, read_instance
from evals.benchmarks.ihtc.scorer import HARD, score
from evals.benchmarks.ihtc.solution import Admission, Solution, read_solution, write_solution
from hospital.planning.search import by_steps, race

SHIFT_NAMES = ["early", "late", "night"]
SAMPLES = {
    "test01": 3177,
    "test02": 1583,
    "test03": 10184,
    "test04": 2332,
    "test05": 15713,
    "test06": 18558,
    "test07": 17048,
    "test08": 24947,
    "test09": 20492,
    "test10": 49444,
}
"""What the organisers say that their own solutions cost."""
PRINTED = {
    "room_mixed_age": "AgeMix",
    "room_nurse_skill": "Skill",
    "continuity_of_care": "Continuity",
    "nurse_eccessive_workload": "Excess",
    "open_operating_theater": "OpenOT",
    "surgeon_transfer": "SurgeonTransfer",
    "patient_delay": "Delay",
    "unscheduled_optional": "Unscheduled",
}


def drawn(seed: int, patients: int = 12, days: int = 7) -> dict[str, Any]:
    """An instance in the competition's format, drawn at random; everybody fits somewhere."""
    random = Random(seed)

    def person(id: str, stay: int) -> dict[str, Any]:
        return {
            "id": id,
            "gender": random.choice("AB"),
            "age_group": random.choice(["infant", "adult", "elderly"]),
            "length_of_stay": stay,
            "workload_produced": [random.randint(1, 3) for _ in range(stay * 3)],
            "skill_level_required": [random.randint(0, 2) for _ in range(stay * 3)],
        }

    listed = []
    for number in range(patients):
        release = random.randrange(days - 2)
        one = person(f"p{number}", random.randint(1, 4)) | {
            "mandatory": number % 3 == 0,
            "surgery_release_day": release,
            "surgery_duration": random.choice([60, 90, 120]),
            "surgeon_id": f"s{number % 2}",
            "incompatible_room_ids": [f"r{random.randrange(4)}"] if number % 4 == 0 else [],
        }
        listed.append(one | ({"surgery_due_day": days - 1} if one["mandatory"] else {}))
    nurses = [
        {
            "id": f"n{number}",
            "skill_level": number % 3,
            "working_shifts": [
                {"day": day, "shift": SHIFT_NAMES[(number + day) % 3], "max_load": 6} for day in range(days)
            ],
        }
        for number in range(6)
    ]
    return {
        "days": days,
        "skill_levels": 3,
        "shift_types": SHIFT_NAMES,
        "age_groups": ["infant", "adult", "elderly"],
        "weights": dict(zip(PRINTED, (5, 1, 5, 1, 30, 1, 5, 150), strict=True)),
        "occupants": [person("a0", 2) | {"room_id": "r0"}],
        "patients": listed,
        "surgeons": [{"id": f"s{k}", "max_surgery_time": [360] * days} for k in range(2)],
        "operating_theaters": [{"id": f"t{t}", "availability": [480] * days} for t in range(2)],
        "rooms": [{"id": f"r{r}", "capacity": 2} for r in range(4)],
        "nurses": nurses,
    }


def instance_of(folder: Path, seed: int, **shape: int) -> Instance:
    """The drawn instance, through its file."""
    (folder / "drawn.json").write_text(json.dumps(drawn(seed, **shape)), "utf-8")
    return read_instance(folder / "drawn.json")


def everybody_at(instance: Instance, place: Admission) -> Solution:
    """All come at once to one place, and one nurse takes all rooms in all shifts."""
    rooms = tuple(range(len(instance.capacity)))
    nobody: dict[int, tuple[int, ...]] = {}
    taken = (dict.fromkeys(range(instance.shifts), rooms), *(nobody for _ in instance.nurses[1:]))
    return Solution(tuple(place for _ in instance.patients), taken)


def test_every_hard_constraint_that_is_broken_is_counted_by_name(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, 1)
    crowded = score(instance, everybody_at(instance, Admission(0, 0, 0)))
    for name in ("gender_mix", "room_capacity", "surgeon_overtime", "theatre_overtime", "admission_window"):
        assert crowded.violations[name] > 0, name
    assert crowded.violations["nurse_presence"] > 0
    assert crowded.violations["incompatible_room"] == sum(0 in one.banned_rooms for one in instance.patients)
    nobody = score(instance, Solution((None,) * 12, ({},) * 6))
    assert nobody.violations["mandatory_unscheduled"] == 4
    assert nobody.violations["one_nurse"] == 2 * 3, "the occupant has nobody in six shifts"
    assert nobody.parts["unscheduled_optional"] == 8 * 150
    assert set(nobody.violations) == set(HARD)


def test_what_is_written_is_read_again_in_the_format_of_the_competition(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, 2)
    admissions = (None, Admission(3, 1, 1), *(None,) * 10)
    solution = Solution(admissions, ({0: (2, 0)}, *({},) * 5))
    write_solution(instance, solution, tmp_path / "out.json")
    raw = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert raw["patients"][0] == {"id": "p0", "admission_day": "none"}
    assert raw["patients"][1] == {"id": "p1", "admission_day": 3, "room": "r1", "operating_theater": "t1"}
    assert raw["nurses"][0]["assignments"][0] == {"day": 0, "shift": "early", "rooms": ["r0", "r2"]}
    assert len(raw["nurses"][0]["assignments"]) == 7
    assert score(instance, read_solution(instance, tmp_path / "out.json")) == score(instance, solution)


def test_a_file_that_is_no_instance_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match=r"other\.json is not an instance"):
        read_instance(tmp_path / "other.json")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_search_counts_what_the_scorer_counts_and_repeats_itself(tmp_path: Path, seed: int) -> None:
    from evals.benchmarks.ihtc.chain import IhtcChain

    instance = instance_of(tmp_path, seed, patients=30, days=10)
    chain, again = (race([IhtcChain(instance, seed)], by_steps(12)) for _ in range(2))
    counted = score(instance, chain.solution())
    assert counted.broken == 0
    assert chain.best_cost() == counted.cost
    assert chain.solution() == again.solution()
    nobody = sum(not one.mandatory for one in instance.patients) * instance.weights["unscheduled_optional"]
    assert counted.cost < nobody


@pytest.mark.slow
def test_a_small_instance_is_solved_with_a_proof_and_no_search_beats_it(tmp_path: Path) -> None:
    from evals.benchmarks.ihtc.chain import IhtcChain
    from evals.benchmarks.ihtc.exact import Exact

    instance = instance_of(tmp_path, 4, patients=4, days=3)
    found, proven = Exact(instance).solve(None, 60, 2)
    assert found is not None
    assert proven
    best = score(instance, found)
    searched = score(instance, race([IhtcChain(instance, 1)], by_steps(200)).solution())
    assert best.broken == searched.broken == 0
    assert best.cost <= searched.cost


@pytest.mark.parametrize("name", SAMPLES)
def test_the_scorer_agrees_with_the_organisers_in_all_parts(name: str) -> None:
    folder = read_settings().bench_data
    if folder is None or not (folder / "ihtc2024" / f"{name}.json").exists():
        pytest.skip("the competition's instances are not here; name their folder with WARDLINE_BENCH_DATA")
    instance = read_instance(folder / "ihtc2024" / f"{name}.json")
    file = folder / "ihtc2024" / "solutions" / f"sol_{name}.json"
    counted = score(instance, read_solution(instance, file))
    assert counted.broken == 0
    assert counted.cost == SAMPLES[name]
    printed = json.loads(file.read_text("utf-8"))["costs"][0].replace(" ", "")
    for part, shown in PRINTED.items():
        assert f"{shown}:{counted.parts[part]}" in printed.split(",")
