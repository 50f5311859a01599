"""A witness for logs of others: `frontdesk audit witness serve`, run by another team.

It needs nothing of a desk: no database, no settings, no key of theirs but the public one.
"""
