"""A stranger's plugin in miniature: it knows about parcels, and imports the contract only."""
