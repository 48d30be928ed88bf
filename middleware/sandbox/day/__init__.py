"""What happens by itself in the sandbox as time goes by, one subject per file."""
