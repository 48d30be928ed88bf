"""How each outside system is spoken to, behind the ports of the hospital."""
