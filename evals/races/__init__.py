"""Many processes that decide, commit and deliver the same plans at once, or die in the middle of it."""
