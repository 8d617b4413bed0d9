"""What experience says of FTP servers: data in `data/*.toml`, and the Advisor that judges by it.

Nothing here acts: explanations, waits and meanings are computed from what core has folded.
"""
