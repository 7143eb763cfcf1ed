"""What an agent remembers of its work beside its conversation."""

from sagent.agent.known_files import KnownFiles
from sagent.agent.last_tests import LastTests
from sagent.schema.message import Message


class Memory:
    """What the messages of a log tell of files and tests, one after the other."""

    def __init__(self) -> None:
        self.files: KnownFiles = KnownFiles()
        self.tests: LastTests = LastTests()

    def hear(self, message: Message) -> None:
        """Remember what has to be told of a message."""
        self.files.hear(message)
        self.tests.hear(message)
