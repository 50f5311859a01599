"""Who may look at the record: accounts with roles, sign-in links, sessions, saved searches."""
