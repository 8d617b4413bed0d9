"""What FTP is and what happened: events, dialogue, state. Pure: no I/O, no tasks, no clock.

Read in this order: `events`, `entry`, `reply_parser`, `dialogue`, `state`, `fold`, `watch`.
"""
