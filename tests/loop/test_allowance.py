"""Results share what a model has room for."""

from sagent.atoms import CallId
from sagent.loop.allowance import allowance
from sagent.messages.room import LEAST, MOST_OF_RESULT, result_room, round_room
from sagent.testing import call
from tests.loop.stage import Stage


def test_the_room_grows_with_the_window_between_a_floor_and_a_ceiling() -> None:
    rooms = [
        (result_room(window), round_room(window)) for window in (4_000, 32_000, 200_000, 2_000_000, None)
    ]

    assert rooms == [
        (4_000, 4_000),
        (12_000, 24_000),
        (75_000, 150_000),
        (120_000, 360_000),
        (37_500, 75_000),
    ]


def test_results_of_one_response_leave_the_least_to_those_that_have_not_come() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(*[call("edit", text=str(number)) for number in range(5)])
    calls = [*stage.core.state.open]

    rooms = []
    for call_id in calls:
        rooms.append(allowance(stage.core.state, call_id, 200_000))
        stage.ends("edit", "x" * 60_000)

    assert rooms == [75_000, 75_000, 22_000, LEAST, LEAST]


def test_a_call_in_the_background_has_room_for_itself() -> None:
    stage = Stage()

    assert allowance(stage.core.state, CallId("elsewhere"), 1_000_000) == MOST_OF_RESULT
