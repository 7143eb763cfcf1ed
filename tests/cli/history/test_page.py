"""A session as one HTML page."""

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typing_extensions import override

from sagent.cli.history.page import page
from sagent.cli.history.record import Record
from sagent.sessions.reading import Log, read_log
from tests.cli.command import Place
from tests.cli.history.samples import kept

VOID = {"meta", "img", "hr", "br", "rect"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Reader(HTMLParser):
    """Notes what elements there are, and that each is closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture
def log(place: Place) -> Log:
    return read_log(kept(place).file)


def test_a_page_is_well_formed_and_asks_nobody_for_anything(log: Log) -> None:
    reader = Reader()

    reader.feed(page(Record.of(log)))

    tags = [tag for tag, _ in reader.seen]
    addresses = [found for _, each in reader.seen for key in ("src", "href") if (found := each.get(key))]
    assert reader.open == []
    assert "script" not in tags
    assert [address.partition(",")[0] for address in addresses] == ["data:image/png;base64"]
    assert tags.count("rect") == 5, "two requests: input and output of each, and what was cached of one"


def test_calls_are_folded_and_a_diff_is_marked(log: Log) -> None:
    text = page(Record.of(log))

    assert '<details class="deed failed"><summary><b>Bash</b>' in text
    assert '<details class="deed"><summary><b>Edit</b><span>a.py · 1.5 s</span></summary>' in text
    assert '<span class="minus">-old &lt;b&gt;</span><span class="plus">+new</span>' in text
    assert '<span class="same">that is all</span>' in text
    assert "<strong>Done</strong> &lt;script&gt;" in text


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_browser_shows_the_page_as_it_is_meant(log: Log, tmp_path: Path) -> None:
    file, shot = tmp_path / "it.html", tmp_path / "it.png"
    file.write_text(page(Record.of(log)), encoding="utf-8")
    quiet = "--disable-background-networking --disable-component-update --disable-sync --no-first-run"

    def browse(*what: str) -> str:
        return subprocess.run(
            [
                *(CHROMIUM or "", "--headless", "--no-sandbox", "--disable-gpu", *quiet.split()),
                *(f"--user-data-dir={tmp_path / 'profile'}", *what, file.as_uri()),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout

    tree = browse("--dump-dom")
    browse(f"--screenshot={shot}", "--window-size=900,900")

    assert tree.count('<details class="deed') == 2
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert colours(shot) > 20, "text, boxes and bars have been painted"


def colours(shot: Path) -> int:
    from PIL import Image

    with Image.open(shot) as picture:
        found = picture.convert("RGB").getcolors(1 << 20)
    return len(found or ())
