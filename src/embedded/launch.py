"""Becomes a server that dies with the process that started it; run as a file, never imported.

Arguments: the signal sent when the parent dies, the parent's pid, how to leave root behind
(`same`, `namespace` or `UID:GID`), then the command. Standard library only: it runs isolated.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
SAME_USER, NAMESPACE = "same", "namespace"


def leave_root(how: str) -> None:
    """PostgreSQL refuses to run as root: a user namespace hides it, or another user takes over."""
    if how == NAMESPACE:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWUSER) != 0:
            sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
    elif how != SAME_USER:
        uid, gid = (int(part) for part in how.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def follow_parent(death_signal: int, parent: int) -> None:
    """Ask the kernel for the signal; a change of user clears it, so this comes after that."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent is already gone")


def main(arguments: list[str]) -> None:
    """Replace this process by the command."""
    death_signal, parent, how, *command = arguments
    leave_root(how)
    follow_parent(signal.Signals[death_signal], int(parent))
    try:
        os.execv(command[0], command)  # noqa: S606 - becoming the server is the purpose
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror} (without root's rights, where it came from root)")


if __name__ == "__main__":
    main(sys.argv[1:])
