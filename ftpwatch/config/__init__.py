"""What a user asks for: targets, options, profiles, and where passwords come from.

Every mistake is a ConfigError: one sentence with the thing, the value and what is accepted.
"""
