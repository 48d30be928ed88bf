"""Slack: where most people meet the line."""
