"""ftpwatch: a journal of facts about FTP sessions, with views.

What happens on the wire becomes an event; the bus stamps it, the journal keeps it, one Watch
folds and explains it, the views show it. Live, replay and demo differ only in who publishes.

The way of a reply, from wire to screen:
`engine/control_connection.py` bytes -> `core/reply_parser.py` -> `core/dialogue.py` -> events ->
`core/bus.py` -> `record/journal.py` -> `core/watch.py` (fold, explain) -> `tui/` or `headless/`.

    core        what FTP is and what happened; no I/O
    knowledge   what experience says: reply codes, causes, servers and their clocks
    engine      the only room with control connections (over aioftp)
    finder      the limits finder: twins, and what their ends show
    record      the journal on disk, History, replay
    tui         the screens
    headless    the same watch on stdout
    demo        servers that misbehave on purpose
    config      targets, options, profiles, where passwords come from
    cli         the command line
    wiring      puts the rooms together; the only module that knows them all
"""

__version__ = "0.1.0"
