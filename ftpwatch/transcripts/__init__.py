"""Text logs that others wrote, of clients and servers, read into entries: a writer is a table."""
