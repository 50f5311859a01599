"""Pages on people at the console: who gets in, who looked, and oneself."""
