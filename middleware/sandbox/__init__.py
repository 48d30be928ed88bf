"""Meridian Health: an invented five-hospital system with its own EHR, workforce and ERP services."""
