"""Files in a conversation are made fit for whoever is shown them, once, and never end it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagent.agent import Agent
from sagent.errors import Crowded, SessionError
from sagent.lib.blob import Blob
from sagent.messages.view import View
from sagent.messages.words import letter
from sagent.providers import Anthropic
from sagent.providers.enclosures import Enclosures, Fitted, Shelf
from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_responses.dialect import ResponsesDialect
from sagent.providers.tolerance import ANTHROPIC, COMPATIBLE, GOOGLE, OPENAI, Tolerance
from sagent.schema.event import Notice
from sagent.schema.message import Prompt
from sagent.schema.part import Audio, Document, Foreign, Image, Part, Text
from sagent.testing import WireServer, always
from tests.providers.conversation import HOME, call, prompt, request, response, result
from tests.providers.targets import TARGETS, Target, legal
from tests.samples import GIF, PDF, noise, pdf, picture

BROKEN = Image(descriptor="image/png", content=Blob.of(noise(64, 64)[:3_000]))


def image(data: bytes, foreign: str = "") -> Image | Foreign:
    blob = Blob.of(data)
    return (
        Foreign(media_type=foreign, content=blob) if foreign else Image(descriptor="image/png", content=blob)
    )


def gone(blob: Blob) -> bytes:
    raise SessionError(f"{blob.digest} is gone")


def shown(part: Part, files: Tolerance) -> Sequence[Part]:
    entry, _ = Enclosures(files).fitted(prompt(part), gone)
    assert isinstance(entry, Prompt)
    return entry.content


FILES = st.builds(
    lambda width, height, kind, colour: image(
        picture(width, height, kind, colour=colour), "" if kind in {"PNG", "GIF"} else f"image/{kind}"
    ),
    st.sampled_from((1, 9, 300, 2_100)),
    st.sampled_from((1, 11, 900)),
    st.sampled_from(("PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG", "AVIF")),
    st.integers(0, 255),
) | st.sampled_from(
    (BROKEN, image(b""), image(GIF), Document(content=Blob.of(PDF)), image(b"<svg/>", "image/svg+xml"))
)


@settings(deadline=None, max_examples=30)
@given(files=st.lists(FILES, max_size=3), failed=st.booleans(), target=st.sampled_from([*TARGETS.values()]))
def test_whatever_the_files_are_every_provider_takes_the_request(
    files: list[Part], failed: bool, target: Target
) -> None:
    asked = response(call(1), origin=target.origin)
    view = View([prompt("look", *files), asked, result(1, "seen", *files, failed=failed)])

    body = target.dialect.scribe().body(request(view))

    assert legal(target, body) == ()


@pytest.mark.parametrize("name", ["claude-4.5", "anthropic", "openai_responses", "google"])
def test_many_large_pictures_stay_legal_and_nothing_that_was_sent_is_changed(name: str) -> None:
    target = TARGETS[name]
    view, scribe, body, before = View(), target.dialect.scribe(), b"", b""
    for colour in range(25):
        view.add(prompt("look", image(picture(2_100, 210, colour=colour))))

        body = scribe.body(request(view))

        assert body.startswith(before)
        assert colour not in {19, 20, 24} or legal(target, body) == ()
        view.add(response("seen", origin=target.origin))
        before = body.rstrip(b"]}")
    assert body.count(b"iVBORw0KGgo") == 25


def test_files_that_are_too_many_are_left_out_from_the_oldest_on() -> None:
    view = View([prompt(str(number), image(picture(20, 20, colour=number))) for number in range(9)])
    manners = Manners(files=replace(COMPATIBLE, most_pictures=8))
    scribe = ChatDialect(origin=HOME, manners=manners).scribe()

    with pytest.raises(Crowded, match="it has 9 images, and 8 are taken") as refused:
        scribe.body(request(view))
    body = scribe.body(replace(request(view), unseen=dict.fromkeys(range(refused.value.since), 1)))

    assert (refused.value.since, refused.value.files) == (5, 0)
    assert (body.count(b"iVBORw0KGgo"), body.count(b"(left out)")) == (4, 5)


@pytest.mark.parametrize(("many", "stay"), [(7, 7), (9, 8), (20, 8)])
def test_of_the_latest_files_as_many_stay_as_are_taken_where_they_came_at_once(many: int, stay: int) -> None:
    older = [prompt("older", image(picture(20, 20, colour=100 + number))) for number in range(3)]
    files = [image(picture(20, 20, colour=number)) for number in range(many)]
    view = View([*older, prompt("these", *files), prompt("and now?")])
    manners = Manners(files=replace(COMPATIBLE, most_pictures=8))
    scribe = ChatDialect(origin=HOME, manners=manners).scribe()

    with pytest.raises(Crowded, match=f"Of {many + 3} files the last {stay} stay") as refused:
        scribe.body(request(view))
    unseen = {**dict.fromkeys(range(refused.value.since), 1), refused.value.since: refused.value.files}
    body = scribe.body(replace(request(view), unseen=unseen))

    assert (refused.value.since, refused.value.files) == (3, many - stay)
    assert (body.count(b"iVBORw0KGgo"), body.count(b"(left out)")) == (stay, 3 + many - stay)
    assert body.rfind(b"(left out)") < body.find(b"iVBORw0KGgo")


def test_files_that_are_too_heavy_together_are_left_out_from_the_oldest_on() -> None:
    papers = [Document(content=Blob.of(pdf() + bytes([number]) * 9_000)) for number in range(9)]
    view = View([prompt("look", paper) for paper in papers])
    files = replace(OPENAI, request_bytes=100_000)
    scribe = ResponsesDialect(origin=HOME, tolerance=files).scribe()

    with pytest.raises(Crowded, match="bytes of files, and") as refused:
        scribe.body(request(view))

    assert refused.value.since == 6


def test_a_large_picture_says_how_large_it_was() -> None:
    parts = shown(image(picture(9_000, 3_000)), ANTHROPIC)

    assert parts[1:] == (Text(content="[9000 x 3000 pixels, shown above at 2000 x 667]"),)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (BROKEN, "[image/png, 3000 bytes] (an image that cannot be shown: it is damaged, or cut short)"),
        (image(b"<svg/>", "image/svg+xml"), "cannot be shown: it is in no format that is known here"),
        (Document(content=Blob.of(b"hm")), "(a document that cannot be shown: it is no PDF)"),
        (
            Document(content=Blob.of(pdf(601))),
            r"(it has 601 pages, and this model takes 600, so this is its text)",
        ),
    ],
)
def test_words_stand_for_what_cannot_be_shown(part: Part, words: str) -> None:
    (told,) = shown(part, ANTHROPIC)

    assert isinstance(told, Text)
    assert words in told.content


def test_a_document_goes_as_text_to_a_model_that_reads_none() -> None:
    (told,) = shown(Document(content=Blob.of(PDF)), COMPATIBLE)

    assert isinstance(told, Text)
    assert told.content.endswith("(this model reads no PDF, so this is its text)\n[page 1]\nhello")


def test_other_files_are_left_to_the_wire() -> None:
    sound = Audio(descriptor="audio/wav", content=Blob.of(b"RIFF"))

    assert shown(sound, GOOGLE) == (sound,)


def test_what_was_made_is_made_once_in_a_process() -> None:
    part = image(picture(2_500, 2_500, colour=77))

    first, second = (
        shown(part, ANTHROPIC),
        shown(replace(part, content=replace(part.content, data=None)), ANTHROPIC),
    )

    assert first == second
    assert isinstance(second[0], Image)
    assert second[0].content.data is not None


async def test_while_a_large_picture_is_made_smaller_others_go_on() -> None:
    part = image(noise(3_000, 2_000))
    making = asyncio.create_task(Enclosures(ANTHROPIC).prepare([prompt(part)], gone))
    turns = 0

    while not making.done():
        await asyncio.sleep(0)
        turns += 1

    assert await making == []
    assert turns > 100


def test_what_is_kept_of_made_pictures_is_bounded() -> None:
    shelf = Shelf(10_000)
    parts = [image(bytes([number])) for number in range(9)]
    made = Fitted(parts=(image(bytes(2_500)),))

    for part in parts:
        shelf.put(part, ANTHROPIC, made)

    assert 0 < shelf.size <= 10_000
    assert shelf.get(parts[-1], ANTHROPIC) == made
    assert shelf.get(parts[0], ANTHROPIC) is None


async def test_a_picture_that_cannot_be_shown_is_told_to_the_user_once_and_ends_nothing() -> None:
    notices: list[str] = []
    async with WireServer(always("fine")) as server:
        agent = Agent(Anthropic.from_env(server.environment).model())
        agent.watch(lambda message: notices.append(message.content) if isinstance(message, Notice) else None)

        answers = [await agent.run(letter("look", BROKEN)), await agent.run(letter("again", BROKEN))]

    assert [answer.content for answer in answers] == ["fine", "fine"]
    assert server.complaints == ()
    assert notices == ["an image cannot be shown to the model: it is damaged, or cut short"]
