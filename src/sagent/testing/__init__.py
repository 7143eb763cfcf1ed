"""What you test your own agents with: scripted models, sessions in memory, and providers on 127.0.0.1."""

from sagent.providers.google.validator import complaints as google_complaints
from sagent.sessions.memory import MemorySession
from sagent.testing.faults import Cut, Fault, Garbage, Latency, Stall, Status
from sagent.testing.play import WireReplying
from sagent.testing.script import Replying, always, call, hold, reply
from sagent.testing.scripted import Asked, Scripted
from sagent.testing.server import WireServer
from sagent.testing.thread import Served, serve
from sagent.testing.wire import Exchange, Received

__all__ = [
    "Asked",
    "Cut",
    "Exchange",
    "Fault",
    "Garbage",
    "Latency",
    "MemorySession",
    "Received",
    "Replying",
    "Scripted",
    "Served",
    "Stall",
    "Status",
    "WireReplying",
    "WireServer",
    "always",
    "call",
    "google_complaints",
    "hold",
    "reply",
    "serve",
]
