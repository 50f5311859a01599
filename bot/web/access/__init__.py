"""Who gets in at the console: signing in, sessions, roles, and a record of every refusal."""
