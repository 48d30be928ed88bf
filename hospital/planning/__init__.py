"""Problem in, result out: forecasts, durations and allocations. Pure and deterministic for a seed."""
