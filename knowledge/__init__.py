"""What is written down: the handbook, and the search that cites it."""
