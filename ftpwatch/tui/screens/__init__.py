"""The screens; the Live screen is number 1."""
