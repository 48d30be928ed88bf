"""The outside set: what nobody here wrote, and how it came about."""
