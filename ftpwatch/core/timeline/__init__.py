"""Sessions on an axis of time: what a lane shows, what belongs together, how dense it is."""
