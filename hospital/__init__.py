"""What a hospital is: its model, events, ports, cards and planning. Pure: no I/O."""
