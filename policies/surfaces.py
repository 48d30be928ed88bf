"""Where a person can be sure to have been the one who acted. What is not named here decides and confirms nothing."""

DECIDES = frozenset({"cli", "terminal", "web", "api", "slack", "test"})
"""Authenticated controls of a person that carry the digest; never a planner, a workflow, MCP or an API facade."""
CONFIRMS = DECIDES
"""Conversations in which the person asking can be heard to say that the patient agreed."""
