"""A watch without a screen: the only writer of data on stdout, and the exit codes."""
