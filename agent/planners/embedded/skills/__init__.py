"""What the embedded planner does about each intent: one small generator per matter, listed in `table.py`."""
