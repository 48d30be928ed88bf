"""What needs a human: rules, plans, votes, the commit and the audit chain."""
