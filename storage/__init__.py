"""Remembers: tickets, messages and the audit trail, in SQL."""
