"""What happened, as entries: events, the bus that stamps them, the past in rows."""
