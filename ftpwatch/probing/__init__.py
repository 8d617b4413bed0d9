"""Checks for monitoring: what a probe showed, judged by thresholds, and why it failed. Pure."""
