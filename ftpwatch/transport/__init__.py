"""How to get to a server and back: dialing, TLS, the ends of a connection, the system's clock."""
