"""Pages on the record itself: the explorer, tickets as lanes, decisions and why, single entries."""
