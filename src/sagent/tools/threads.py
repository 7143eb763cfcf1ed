"""Blocking work in a thread of its own, so that the event loop goes on."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from threading import Event, Thread
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a new thread and wait for it, with the context variables of the caller.

    A cancellation waits until the function is done; a second one does not. The
    thread never keeps the program from ending. There is no pool, because its
    size would be a limit on how many calls run at once.
    """
    return await _awaited(partial(function, *args, **kwargs), Event())


async def stoppable(function: Callable[Concatenate[Event, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Like `in_thread`, for a function that looks at the event now and then, and ends when it is set."""
    stop = Event()
    return await _awaited(partial(function, stop, *args, **kwargs), stop)


def _bearable(error: BaseException) -> BaseException:
    """The error as the one who waits can be told of it: what would end the program is a mere failure here."""
    from asyncio import CancelledError

    if isinstance(error, StopIteration) or not isinstance(
        error, Exception | CancelledError | KeyboardInterrupt
    ):
        failure = RuntimeError(f"the function raised {error!r}")
        failure.__cause__ = error
        return failure
    return error


async def _awaited(work: Callable[[], T], stop: Event) -> T:
    import asyncio

    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(done.set_result, context.run(work))
        except BaseException as error:  # whatever it is, it belongs to the one who waits
            settle = partial(done.set_exception, _bearable(error))
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            # The loop has been closed meanwhile: nobody waits any more.
            return

    Thread(target=run, name="sagent call", daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait((done,))
        if not done.cancelled():
            done.exception()  # seen here, so that asyncio does not report it as lost
        raise
