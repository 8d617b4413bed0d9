"""What FTP is and what happened: pure, no I/O, no tasks, no clock.

Read in this order: `journal/events`, `journal/entry`, `ftp/reply_parser`, `conversation/dialogue`,
`state/state`, `state/fold`, `judgement/watch`.
"""
