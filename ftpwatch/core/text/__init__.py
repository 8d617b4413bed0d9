"""Entries and judgements in words."""
