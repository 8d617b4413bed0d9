"""What `config init` writes: every setting, commented out: it says nothing until it is wanted.

A line `#name = value` is a setting, `# words` are words.
"""

from typing import Final

__all__ = ["EXAMPLE"]

EXAMPLE: Final = """\
# The configuration of ftpwatch, in TOML: take away the # before what is wanted.
# `ftpwatch config validate` checks it, `ftpwatch config show` says what holds and why.
# Flags go before the environment (FTPWATCH_KEEP_ALIVE, ...), that before a profile, a profile
# before [defaults]. No password stands here.

#[defaults]
# Keep-alives: 500ms, 30s, 5m, 2h or off; NOOP, PWD, TYPE, REST, STAT, LIST, SITE IDLE, a list as
# NOOP,STAT, or auto; each comes sooner by up to this share (to 50%).
#keep_alive = "30s"
#keep_alive_command = "NOOP"
#keep_alive_jitter = "0%"
# Each of connect, TLS, greeting, login, reply.
#timeout = "15s"
# auto, never or always.
#reconnect = "auto"
# Sessions per target, 1 to 5000.
#sessions = 1
# For ftp:// targets: require, try or off (ftpes:// and ftps:// have it anyway).
#tls = "off"
# PEM files: the CAs to believe; our own certificate and its key.
#ca = "~/ca.pem"
#cert = "~/own.pem"
#key = "~/own.key"
# Accept any certificate.
#insecure = false
# Ask servers for their limits after login, where they answer harmlessly: once or never.
#ask = "once"
# The screen: dark, light, contrast or terminal; only ASCII; colours auto, always or never; motion
# full, or none: no cursor blinks, nothing glides.
#theme = "dark"
#ascii = false
#color = "auto"
#motion = "full"

# One [profile.NAME] a server: `ftpwatch eu-1` watches it. It may set what [defaults] may, but the
# last five. Its password comes from password_command (the first line that it prints), from
# FTPWATCH_PASSWORD_EU_1, netrc, the keyring (`keyring set ftpwatch eu-1`), or a prompt.
#[profile.eu-1]
#url = "ftpes://ops@ftp.example.com"
#keep_alive = "60s"
#keep_alive_command = "auto"
#sessions = 2
#password_command = "pass ftp/eu-1"

#[profile.eu-2]
#url = "ftps://ops@ftp2.example.com:990"
# What a client does instead: filezilla, winscp, lftp, curl or none.
#keep_alive_like = "winscp"
#keyring = "eu-2"

# `ftpwatch @eu` watches all of them; @others would be another group.
#[group.eu]
#members = ["eu-1", "eu-2"]

# A recording is written in parts, until one is so large or so old; of all recordings so much is
# kept, the newest, and nothing older than so many days.
#[recordings]
#part_size = "64MiB"
#part_hours = 24
#keep_size = "2GiB"
#keep_days = 30

# At an end that nobody wanted: where a message goes, by apprise (URLs without secrets, or files
# that hold a URL a line), and what is run, without a shell.
#[alerts]
#notify = ["@~/.config/ftpwatch/notify"]
#on_end = "/usr/local/bin/page-me --ftp"
# The terminal's bell; a notification that the terminal shows: auto, osc9, osc777 or off.
#bell = true
#notify_terminal = "auto"

# Keys by the names of actions, as `ftpwatch config show --keys` lists them.
#[keys]
#explain = ["x", "f2"]
#freeze = "f3"
#match.next = "N"
#match.previous = "n"
"""
