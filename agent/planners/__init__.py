"""Who decides what to call next: the embedded planner (default) and the openai planner, behind one port."""
