"""Two people's texts read at once in a process that has just started: each comes out whole."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from markdown_it.ruler import Ruler

from lms.kernel.richtext import reading

TEXT = "> A quotation\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- a list\n"


def test_the_first_texts_of_a_process_are_read_whole_though_they_come_at_once(monkeypatch):
    """A reader that is still making its list of rules must not be used: half a list loses what was written."""
    made, is_made = Ruler.__compile__, Event()

    def made_slowly(self):
        self.__cache__ = {}
        is_made.wait(0.2)
        made(self)

    monkeypatch.setattr(Ruler, "__compile__", made_slowly)
    parser = reading.make_parser()
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(parser.render, (TEXT, TEXT))
    assert one == other
    assert "<blockquote>" in one
    assert "<table>" in one
    assert "<li>" in one
