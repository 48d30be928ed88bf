"""What happens in talk: from a message to a reply, through the guard, a planner, the desk and a check."""
