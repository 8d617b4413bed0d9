"""ftpwatch: a journal of facts about FTP sessions, with views.

What happens on the wire becomes an event; the bus stamps it, the journal keeps it, one Watch
folds and explains it, the views show it. Live, replay, demo, and the logs and captures of others
differ only in who publishes.

ARCHITECTURE.md beside this file has the way of a reply, of a keep-alive, of a key and of a row of
the past, and how to add things.

    core        what FTP is and what happened; no I/O
    knowledge   what experience says: reply codes, causes, servers and their clocks
    transport   dialing, TLS, waits, the system's clock
    engine      the only room with control connections (over aioftp)
    transcripts logs that others wrote: a program is a table
    capture     packets that went by: pcap, put together again
    finder      the limits finder: test sessions, and what their ends show
    probing     checks for monitoring: probes judged by thresholds
    report      what a recording says, as an answer for a ticket
    record      the journal on disk, History, replay
    tui         the screens
    headless    the same watch on stdout
    metrics     what Prometheus scrapes, a dashboard, alert rules
    serving     the page for browsers, a process for each visitor
    alerts      what becomes of an alert: a message, a command
    demo        servers that misbehave on purpose
    config      targets, options, profiles, groups, where passwords come from
    importers   sites of other clients, and which profiles come of them
    cli         the command line, a file a command
    wiring      puts the rooms together; the only module that knows them all
"""

__version__ = "0.1.0"
