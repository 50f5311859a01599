"""Taking the log away: files for people, for other systems, and for whoever has to prove it."""
