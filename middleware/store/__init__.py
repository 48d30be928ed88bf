"""The tables: the only place where the model meets SQL."""
