"""Slack: events in, messages out. Nothing else of the desk knows that Slack exists."""
