"""Programs of the system, which only commands of their own need."""

import shutil

# The program, and the Debian package it comes in.
PACKAGES = {"nginx": "nginx", "openssl": "openssl", "systemd-analyze": "systemd"}
# Debian keeps it where only root's PATH leads.
_PLACES = "/usr/sbin:/usr/local/sbin:/sbin"


class Missing(Exception):
    """A program that is not installed; the message names its package."""


def program(name: str) -> str:
    """Where the program lies. Raises Missing."""
    found = shutil.which(name) or shutil.which(name, path=_PLACES)
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install {PACKAGES[name]}")
    return found
