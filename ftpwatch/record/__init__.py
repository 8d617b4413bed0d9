"""The journal on disk (SQLite), the past read back from it, and replay."""
