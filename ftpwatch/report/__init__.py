"""What a recording, a log or a capture says, in an answer that can be pasted into a ticket."""
