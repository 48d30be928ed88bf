"""How fast and how good, each against a named reference in the same run."""
