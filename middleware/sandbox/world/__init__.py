"""The invented health system itself: rows per entity, from a seed and a clock, without any I/O."""
