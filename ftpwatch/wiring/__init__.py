"""The composition root: puts the rooms together, starts and stops them. No logic of its own.

`live` runs a watch or a demo, `replay` a recording; each front end is imported by what starts it.
"""
