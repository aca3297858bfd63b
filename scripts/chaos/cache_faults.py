"""What is done to the cache server; closing a fault's steps ends it."""

import math
import os
import random
import signal

from scripts.chaos.rig import Rig
from scripts.chaos.steps import Steps

GARBAGE_SECONDS = 0.02


def killed(rig: Rig) -> Steps:
    """Gone, and back without anything."""
    rig.servers.cache.kill()
    try:
        with rig.whole_meanwhile():
            yield math.inf
    finally:
        rig.servers.cache.start_again()


def stopped(rig: Rig) -> Steps:
    """Hung: its sockets are open and nobody answers."""
    rig.servers.cache.send(signal.SIGSTOP)
    try:
        with rig.whole_meanwhile():
            yield math.inf
    finally:
        rig.servers.cache.send(signal.SIGCONT)


def emptied(rig: Rig) -> Steps:
    """All that it holds is taken, each second."""
    client = rig.cache_client()
    while True:
        client.flushall()
        yield 1.0


def full(rig: Rig) -> Steps:
    """Nothing more is taken in, and nothing makes room: reads go on, writes are refused."""
    client = rig.cache_client()
    names = ("maxmemory", "maxmemory-policy")
    usual = {name: value for one in names for name, value in client.config_get(one).items()}
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")
    try:
        yield math.inf
    finally:
        for name in names:
            client.config_set(name, str(usual[name]))


def readonly(rig: Rig) -> Steps:
    """The replica of a server that is not there: it answers reads and refuses writes."""
    client = rig.cache_client()
    client.replicaof("127.0.0.1", "1")
    try:
        yield math.inf
    finally:
        client.replicaof("NO", "ONE")


def crowded(rig: Rig) -> Steps:
    """One client is let in, and that is not the product."""
    client = rig.cache_client()
    usual = client.config_get("maxclients")["maxclients"]
    client.config_set("maxclients", "1")
    client.client_kill_filter(_type="normal", skipme=True)
    try:
        yield math.inf
    finally:
        client.config_set("maxclients", str(usual))


def spoilt(rig: Rig) -> Steps:
    """What it holds is overwritten, key by key: with garbage, new or always the same, or with what
    is under another key."""
    client = rig.cache_client()
    while True:
        key, other = client.randomkey(), client.randomkey()
        if key and other and client.type(key) == client.type(other) == b"string":
            spoils = (os.urandom(16), b"\x00\xff", client.get(other) or b"")
            client.set(key, random.choice(spoils), keepttl=True)  # noqa: S311
        yield GARBAGE_SECONDS
