"""`python tests/coverage_floor.py FLOOR`: what ran and what never did, and whether that suffices."""

import json
import sys
from pathlib import Path

MEASURED = Path(".coverage.json")
SHOWN = 12


def main(floor: float) -> int:
    """Say the figures and the files that lack most; 1 when less than `floor` percent of all lines ran."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    lacking = sorted(measured["files"].items(), key=lambda one: len(one[1]["missing_lines"]), reverse=True)
    reached = measured["summary"]["percent_covered"]
    lines = [
        f"{len(file['missing_lines']):6} lines of {name} never ran ({file['summary']['percent_covered']:.0f}% did)"
        for name, file in lacking[:SHOWN]
    ]
    sys.stdout.write("\n".join((*lines, f"{reached:.2f}% of all lines ran; the floor is {floor:g}%.\n")))
    return 0 if reached >= floor else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
