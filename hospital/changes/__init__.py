"""Every kind of change Wardline can make to the world: what it touches, requires, does and tells."""
