"""What becomes of an alert outside: a message through apprise, a command."""
