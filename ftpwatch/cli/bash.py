"""Completion in bash, which ends words at @ and : too: they are taken from the line as it was
typed, so that a group is one word.
"""

import os
from typing import ClassVar, Final

from click.shell_completion import BashComplete, add_completion_class
from click.shell_completion import split_arg_string as split

__all__ = ["Bash", "complete_in_bash"]

_SOURCE: Final = """\
%(complete_func)s() {
    local IFS=$'\\n' response type value
    response=$(env COMP_LINE="${COMP_LINE:0:$COMP_POINT}" COMP_COMMAND="${COMP_WORDS[0]}" \\
        %(complete_var)s=bash_complete "$1")
    COMPREPLY=()
    while IFS=',' read -r type value; do
        if [[ $type == file ]]; then
            compopt -o default
        elif [[ $type == plain ]]; then
            COMPREPLY+=("$value")
        fi
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """In place of click's own."""

    source_template: ClassVar[str] = _SOURCE

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words before the cursor, and the one that it is at the end of."""
        line = os.environ.get("COMP_LINE", "")
        words = split(line)
        incomplete = "" if not words or line[-1:].isspace() else words.pop()
        command = os.environ.get("COMP_COMMAND", "")
        begin = words.index(command) + 1 if command in words else 1
        return words[begin:], incomplete


def complete_in_bash() -> None:
    """Have click take it."""
    add_completion_class(Bash, "bash")
