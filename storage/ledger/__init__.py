"""The audit trail: entries that cannot be changed unseen."""
