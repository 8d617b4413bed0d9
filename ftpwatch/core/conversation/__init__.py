"""Both directions of a control connection, paired."""
