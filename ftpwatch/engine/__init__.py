"""The only room with control connections: sessions over aioftp, TLS, the system's clock."""
