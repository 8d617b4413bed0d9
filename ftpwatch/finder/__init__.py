"""The limits finder: opens twins through Controls and concludes from their entries."""
