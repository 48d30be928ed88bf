"""The Slack front measured and played against the fake Slack."""
