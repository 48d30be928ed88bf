"""A planner that wants to write what nobody approved, and the count of what it managed to write."""
