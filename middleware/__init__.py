"""What happens by itself: the store, the jobs, the outbox and the connectors."""
