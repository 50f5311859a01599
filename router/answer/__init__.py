"""A specialist at work: its brief, what it may use, and the wall around it."""
