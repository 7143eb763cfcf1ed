"""What you test your own agents with: scripted models, sessions in memory, and providers on 127.0.0.1."""

from sagent.providers.google.validator import complaints as google_complaints
from sagent.providers.openai_responses.validator import complaints as openai_responses_complaints
from sagent.sessions.memory import MemorySession
from sagent.testing.faults import Cut, Fault, Garbage, Latency, Stall, Status
from sagent.testing.legality import anthropic_complaints, openai_chat_complaints
from sagent.testing.play import WireReplying
from sagent.testing.script import Replying, always, as_json, call, hold, reply
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
    "anthropic_complaints",
    "as_json",
    "call",
    "google_complaints",
    "hold",
    "openai_chat_complaints",
    "openai_responses_complaints",
    "reply",
    "serve",
]
