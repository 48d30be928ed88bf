"""How we know: dialogues and how they are replayed, scored and benchmarked."""
