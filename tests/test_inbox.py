"""An inbox takes mail from any thread and gives it out in order."""

import threading

from sagent.inbox import Inbox


def test_mail_is_collected_in_order_and_once() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.post("one")
    inbox.post("two")

    collected = inbox.collect(), inbox.collect()

    assert [list(taken) for taken in collected] == [["one", "two"], []]


def test_posting_wakes_whoever_is_attached_and_nobody_else() -> None:
    inbox: Inbox[str] = Inbox()
    woken: list[str] = []
    inbox.post("before")
    inbox.attach(lambda: woken.append("first"))
    inbox.post("one")
    inbox.attach(lambda: woken.append("second"))
    inbox.post("two")
    inbox.attach(None)
    inbox.post("three")

    assert woken == ["first", "second"]
    assert len(inbox) == 4


def test_mail_from_many_threads_is_complete_and_each_thread_keeps_its_order() -> None:
    inbox: Inbox[tuple[int, int]] = Inbox()

    def write(name: int) -> None:
        for count in range(200):
            inbox.post((name, count))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()

    taken: list[tuple[int, int]] = []
    while any(thread.is_alive() for thread in threads):
        taken.extend(inbox.collect())
    taken.extend(inbox.collect())

    assert len(taken) == 800
    for name in range(4):
        assert [count for sender, count in taken if sender == name] == list(range(200))
