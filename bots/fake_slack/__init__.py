"""A stand-in for Slack, so that anyone can try and test the bot without Slack: it refuses what Slack would refuse."""
