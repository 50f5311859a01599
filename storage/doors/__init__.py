"""Other doors than Slack: tokens, tickets by the API and by webhooks, callbacks, incidents."""
