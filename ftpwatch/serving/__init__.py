"""Browsers: the screens for who looks from one (extra `web`).

The terminal of the page is textual-serve's, and so is what page and screen say to one another. Its
server is not used: that starts its command by a shell in our whole environment, loads a font from
elsewhere, and answers whoever asks.
"""
