"""Time that somebody steers."""
