"""The only room with control connections of our own: sessions over aioftp, all of them steered."""
