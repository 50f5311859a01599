"""The core: decides. It knows no Slack, no SQL and no model vendor."""
