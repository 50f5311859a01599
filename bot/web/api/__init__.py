"""The API: tickets for programs, signed webhooks, and its own documentation."""
