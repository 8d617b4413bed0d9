"""`python -m ftpwatch` is the same as `ftpwatch`."""

from ftpwatch.cli import main

main()
