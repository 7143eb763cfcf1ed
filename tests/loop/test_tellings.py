"""What calls have told, while they run and until their results are read."""

from sagent.atoms import CallId, ToolName
from sagent.lib.json import EMPTY
from sagent.loop.tellings import Tellings
from sagent.loop.work import Hand
from sagent.protocols import Answer
from sagent.schema.event import Progress
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.tasks import Output
from tests.agent.props import Shouting, Trick


async def nothing(call: ToolCall) -> Answer:
    return Text(content="")


def call(name: str) -> ToolCall:
    return ToolCall(call_id=CallId(name), vendor_id="", tool=ToolName("tell"), content=EMPTY)


def begun(*names: str) -> Tellings:
    tellings = Tellings()
    for name in names:
        tellings.begin(Hand.of(Trick("tell", nothing)), call(name))
    return tellings


def output(tellings: Tellings, name: str) -> Output | None:
    telling = tellings.find(CallId(name))
    return None if telling is None else telling.output


def news(name: str, words: str, *, continues: bool = False, file: str = "") -> Progress:
    return Progress(call_id=CallId(name), content=words, continues=continues, file=file)


def test_news_stand_on_lines_of_their_own_but_where_they_continue_and_the_last_file_holds() -> None:
    tellings = begun("c1", "c2")

    for each in (
        news("c1", "one", file="/out"),
        news("c1", "two"),
        news("c1", " and a half", continues=True),
        news("c3", "nobody's"),
    ):
        tellings.hear(each)

    assert output(tellings, "c1") == Output(text="one\ntwo and a half", skipped=0, file="/out")
    assert output(tellings, "c2") == Output()
    assert output(tellings, "c3") is None


def test_what_was_told_is_let_go_with_the_result_and_the_call_itself_once_that_was_read() -> None:
    tellings = begun("read", "waiting", "running")
    for name in ("read", "waiting", "running"):
        tellings.hear(news(name, "news", file="/out"))

    tellings.end(CallId("read"), waits=False)
    tellings.end(CallId("waiting"), waits=True)
    tellings.end(CallId("unknown"), waits=True)

    found = {name: output(tellings, name) for name in ("read", "waiting", "running", "unknown")}
    assert found == {
        "read": None,
        "waiting": Output(file="/out"),
        "running": Output(text="news", file="/out"),
        "unknown": None,
    }

    tellings.keep([CallId("running")])

    assert [output(tellings, name) for name in ("waiting", "running")] == [
        None,
        Output(text="news", file="/out"),
    ]
    tellings.keep(())
    assert not tellings


def test_what_a_call_is_about_is_asked_once_and_only_when_somebody_wants_to_know() -> None:
    tool, tellings = Shouting("tell", nothing), Tellings()
    tellings.begin(Hand.of(tool), call("c1"))
    before = tool.asked
    telling = tellings.find(CallId("c1"))

    assert telling is not None
    assert (before, telling.label.content, telling.label.content, tool.asked) == (0, "TELL", "TELL", 1)
