"""Sites of other clients: what their files say, bounded and as hostile as any file, and which
profiles and groups come of it. Nothing is written here.
"""
