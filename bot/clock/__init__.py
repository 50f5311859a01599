"""The clock: what the desk does without being asked. One list of jobs, and what runs them."""
