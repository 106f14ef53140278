"""What people write is shown as they mean it, and nothing in it can act."""

import re
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from hypothesis import example, given
from hypothesis import strategies as st

from lms.kernel.formulas import FORMULA_TAGS
from lms.kernel.richtext import (
    ID_PREFIX,
    Labels,
    LinkUse,
    MediaKind,
    MediaUse,
    checks_in,
    has_silent_picture,
    html_to_html,
    links_in,
    markdown_to_html,
    media_in,
    pictures_in,
    plain_text_of,
    plain_to_html,
    title_in,
    with_checks,
)


def served(address: str) -> str | None:
    return f"/files/{address}" if address.startswith("images/") else None


def html(source: str) -> str:
    return markdown_to_html(source, media=served).strip()


@pytest.mark.parametrize(
    "source, expected",
    [
        ("A *b* **c** ~~d~~ `e`", "<p>A <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>"),
        ("CO<sub>2</sub><br>next", "<p>CO<sub>2</sub><br>next</p>"),
        (
            "[out](https://x.org)",
            '<p><a href="https://x.org" rel="noopener noreferrer">out</a></p>',
        ),
        ("[in](/admin) [mail](mailto:a@b.c)", None),
        (
            '![A pump](images/p%20q.png "Cut")',
            '<p><img src="/files/images/p%20q.png" alt="A pump" title="Cut" loading="lazy" decoding="async"></p>',
        ),
        ("![Far](https://x.org/a.png)", '<p><img decoding="async" alt="Far" loading="lazy"></p>'),
        ("```py\nx < 1\n```", '<pre tabindex="0"><code>x &lt; 1\n</code></pre>'),
        ("a <!-- hidden --> b", "<p>a  b</p>"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
        ("> quote", "<blockquote>\n<p>quote</p>\n</blockquote>"),
        ("> [!NOPE]\n> x", "<blockquote>\n<p>[!NOPE]\nx</p>\n</blockquote>"),
    ],
)
def test_markdown_is_shown_as_it_is_meant(source: str, expected: str | None) -> None:
    if expected is None:
        assert 'href="/admin"' not in html(source)
        assert 'href="mailto:a@b.c"' in html(source)
        return
    assert html(source) == expected


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_an_alert_becomes_a_callout_with_its_title(kind: str) -> None:
    shown = markdown_to_html(
        f"> [!{kind.upper()}]\n> Mind **this**.\n>\n> > and this\n\n> plain", labels=Labels(**{kind: "Titel"})
    )
    assert shown == (
        f'<aside class="callout callout-{kind}" role="note">\n<p class="callout-title">Titel</p>\n'
        "<p>Mind <strong>this</strong>.</p>\n<blockquote>\n<p>and this</p>\n</blockquote>\n</aside>\n"
        "<blockquote>\n<p>plain</p>\n</blockquote>\n"
    )


def test_headings_begin_at_two_and_leave_no_level_out() -> None:
    shown = html("# One\n\n### Three\n\n## Two\n\n##### Five\n\n# Again\n")
    levels = [
        element.tag for element in elements(shown) if element.tag[0] == "h" and element.tag[1:].isdigit()
    ]
    assert levels == ["h2", "h3", "h3", "h4", "h2"]
    assert html("### Only") == f'<h2 id="{ID_PREFIX}only">Only</h2>'


def test_links_find_headings_and_no_heading_takes_an_id_of_the_page() -> None:
    shown = html("[go](#is-it-dry-1) [ö](#größe)\n\n## Is it *dry*?\n\n## Is it dry?\n\n## Größe\n\n## !")
    ids = [element.get("id") for element in elements(shown) if element.get("id")]
    assert ids == ["s-is-it-dry", "s-is-it-dry-1", "s-größe", "s-"]
    assert 'href="#s-is-it-dry-1"' in shown
    assert 'href="#s-gr%C3%B6%C3%9Fe"' in shown


def test_a_table_scrolls_in_a_region_with_a_name_of_its_own() -> None:
    shown = html("## Values\n\n| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n\n| d |\n|---|\n")
    assert (
        '<div class="table-wrap" role="region" tabindex="0" aria-label="Table 1: Values">\n<table>' in shown
    )
    assert 'aria-label="Table 2: Values"' in shown
    assert '<th scope="col">a</th>\n<th class="align-end" scope="col">b</th>' in shown
    assert '<td class="align-center">3</td>' in shown
    assert "style" not in shown


def test_pictures_and_links_of_a_text_are_found_with_their_lines() -> None:
    source = (
        "# T\n\nA ![one](images/a.png) and\n![](images/b%20b.png)\n\n<p>\n<img alt='t' src=\"images/c.png\">\n</p>\n\n"
        "- x <img src=images/d.png> [l](other.md)\n"
    )
    assert pictures_in(source) == [
        MediaUse(MediaKind.PICTURE, "images/a.png", "one", 3),
        MediaUse(MediaKind.PICTURE, "images/b%20b.png", "", 4),
        MediaUse(MediaKind.PICTURE, "images/c.png", "t", 7),
        MediaUse(MediaKind.PICTURE, "images/d.png", "", 10),
    ]
    assert links_in(source) == [LinkUse("other.md", 10)]


@pytest.mark.parametrize(
    "source",
    ['![](a.png "decoration")', '![ ](a.png "decoration")', '<img src="a.png" alt="" role="presentation">'],
)
def test_a_picture_that_only_adorns_is_passed_over_by_who_cannot_see_it(source: str) -> None:
    shown = markdown_to_html(source, media=lambda address: f"/f/{address}")
    assert 'src="/f/a.png"' in shown
    assert 'alt=""' in shown
    assert 'role="presentation"' in shown
    assert "title" not in shown
    assert not has_silent_picture(shown)
    assert [use.is_silent for use in pictures_in(source)] == [False]


@pytest.mark.parametrize(
    "source",
    [
        "![](a.png)",
        '![](a.png "A decoration")',
        '<img src="a.png" alt="">',
        '<img src="a.png" alt="" role="img">',
        '![](a.png "decoration") ![](b.png)',
    ],
)
def test_a_picture_without_words_that_nobody_called_decoration_still_waits_for_them(source: str) -> None:
    assert has_silent_picture(markdown_to_html(source, media=lambda address: f"/f/{address}"))
    assert any(use.is_silent for use in pictures_in(source))


def test_a_picture_with_words_keeps_them_whatever_its_title_says() -> None:
    shown = markdown_to_html('![The loop](a.png "decoration")', media=lambda address: f"/f/{address}")
    assert 'alt="The loop"' in shown
    assert 'title="decoration"' in shown
    assert "role" not in shown


def test_no_other_part_of_a_text_may_hide_itself_from_a_screen_reader() -> None:
    assert "role" not in markdown_to_html(
        '<div role="presentation">x</div>\n\n<aside role="presentation">y</aside>'
    )


def test_a_heading_that_opens_a_text_is_its_title() -> None:
    assert title_in("# The *title*\n\nText\n") == ("The title", "\nText\n")
    assert title_in("## Not it\n") == ("", "## Not it\n")
    assert title_in("Text\n\n# Later\n") == ("", "Text\n\n# Later\n")
    assert title_in("") == ("", "")


def test_html_of_an_author_loses_all_but_its_text_and_pictures() -> None:
    shown = html_to_html(
        '<p class="callout" id="main" style="color:red" onclick="x()">a<script>alert(1)</script>'
        '<img src="attachment:a.png" onerror="x()" alt="b"><iframe src="//evil"></iframe>'
        '<a href="java&#10;script:x()" target="_top">c</a><svg><a xlink:href="javascript:x()">d</a></svg></p>',
        media=lambda address: "/f/1" if address == "attachment:a.png" else None,
    )
    assert shown == '<p>a<img src="/f/1" alt="b"><a rel="noopener noreferrer">c</a></p>'


def test_plain_text_keeps_its_lines_and_shows_every_sign() -> None:
    assert plain_to_html("a < b\n& 'c'") == "a &lt; b<br>\n&amp; &#x27;c&#x27;"


def test_words_of_html_are_found_for_search() -> None:
    assert (
        plain_text_of("<h2>A</h2><p>b &lt; <b>c</b>d &amp;amp;</p><ul><li>e</li><li>f</li></ul>")
        == "A b < cd &amp; e f"
    )


def test_a_fold_hides_what_not_everyone_needs() -> None:
    assert html("::: details Why *so* <b>?\nBecause.\n\n- a\n:::\nafter") == (
        '<details class="fold"><summary>Why *so* &lt;b&gt;?</summary>\n<p>Because.</p>\n<ul>\n<li>a</li>\n</ul>\n'
        "</details>\n<p>after</p>"
    )
    assert markdown_to_html(":::details\nx\n:::", labels=Labels(more="Mehr")).startswith(
        '<details class="fold"><summary>Mehr</summary>'
    )


def test_tabs_stand_below_each_other_with_their_titles_until_a_script_makes_them_tabs() -> None:
    shown = html(":::: tabs\n::: tab Windows\nOne\n:::\n::: tab Linux\nTwo\n:::\n::::")
    assert shown == (
        '<div class="tabs-block">\n'
        '<section class="tab-block" aria-label="Windows"><p class="tab-title">Windows</p>\n<p>One</p>\n</section>\n'
        '<section class="tab-block" aria-label="Linux"><p class="tab-title">Linux</p>\n<p>Two</p>\n</section>\n</div>'
    )


FILM = (
    "::: video images/start.mp4 Starting the pump\n[English](images/start.en.vtt)\n[Deutsch](images/start.de-AT.vtt)\n"
    "\nShe opens the **valve**.\n:::\n"
)


def test_a_film_has_its_captions_and_its_transcript() -> None:
    shown = html(FILM)
    video = next(element for element in elements(shown) if element.tag == "video")
    tracks = [element.attrib for element in elements(shown) if element.tag == "track"]
    assert video.attrib == {
        "controls": "",
        "preload": "metadata",
        "src": "/files/images/start.mp4",
        "aria-label": "Starting the pump",
    }
    assert tracks == [
        {"kind": "captions", "src": "/files/images/start.en.vtt", "srclang": "en", "label": "English"},
        {"kind": "captions", "src": "/files/images/start.de-AT.vtt", "srclang": "de-AT", "label": "Deutsch"},
    ]
    assert "<summary>Transcript</summary>\n<p>She opens the <strong>valve</strong>.</p>" in shown
    assert "vtt" not in plain_text_of(shown)
    assert media_in(FILM) == [
        MediaUse(MediaKind.VIDEO, "images/start.mp4", "Starting the pump", 1),
        MediaUse(MediaKind.CAPTIONS, "images/start.en.vtt", "English", 2),
        MediaUse(MediaKind.CAPTIONS, "images/start.de-AT.vtt", "Deutsch", 2),
    ]
    assert links_in(FILM) == []


def test_a_film_without_words_has_no_empty_transcript_and_links_in_a_transcript_stay() -> None:
    assert "details" not in html("::: video images/a.mp4\n:::")
    told = "::: video images/a.mp4\n[the manual](https://x.org/m.pdf)\n:::"
    assert 'href="https://x.org/m.pdf"' in html(told)
    assert links_in(told) == [LinkUse("https://x.org/m.pdf", 2)]


def test_a_file_is_a_link_that_downloads_and_one_that_is_missing_says_so() -> None:
    assert 'href="/files/images/plan%20a.pdf" download' in html(
        "::: file <images/plan a.pdf> The plan\n:::"
    ).replace("plan a", "plan%20a")
    assert "This is not here: The plan" in html("::: file elsewhere.pdf The plan\n:::")
    assert "This is not here: b.mp4" in html("::: video far/b.mp4\n:::")
    assert media_in("x\n\n::: file a/b.pdf\n:::") == [MediaUse(MediaKind.FILE, "a/b.pdf", "b.pdf", 3)]


def test_a_knowledge_check_is_a_place_that_the_page_fills() -> None:
    shown = html("Before\n\n::: check pump-priming\n:::\n\nAfter")
    assert checks_in(shown) == ["pump-priming"]
    assert "<p>Before</p>" in with_checks(shown, lambda name: f"<form>{name}</form>")
    assert "<form>pump-priming</form>" in with_checks(shown, lambda name: f"<form>{name}</form>")
    assert checks_in(html('::: check a b\n:::\n\n::: check "x\n:::')) == []


ALLOWED = set(
    re.findall(
        r"\S+",
        """
        html head body a abbr aside b blockquote br caption code dd del dfn div dl dt em figcaption figure
        h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub sup
        table tbody td tfoot th thead tr u ul var details summary section video track
        """,
    )
) | {f"{{http://www.w3.org/1998/Math/MathML}}{tag}" for tag in FORMULA_TAGS}
HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt/x>alert(1)</sCrIpT >",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style>*{}</style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<math href=javascript:alert(1)><mi onclick=x style=x>a</mi><annotation-xml encoding=text/html><style>",
    "<math><mi><svg><desc><style></desc><img src=x onerror=alert(1)></style></svg></mi></math>",
    "<math><mtext></p><table><mi></table><malignmark><title></math><img title='</title><img onerror=x>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVa\tScript:alert(1)'>x</a>",
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href=" data:text/html,<script>alert(1)</script>">x</a>',
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java&#115;cript:alert(1))",
    "[x]: javascript:alert(1)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '![x](images/a.png" onerror="alert(1))',
    '![x" onerror="alert(1)](images/a.png)',
    '<https://x.org/"onclick="alert(1)>',
    "<div style=\"background:url(javascript:x)\" class='table-wrap' id=main role=dialog>",
    "<aside class='callout callout-note evil' role=alert>",
    "<h2 id=s-x onfocus=alert(1) autofocus tabindex=1>",
    "<p title='</p><script>alert(1)</script>'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<form action=//evil><input name=q><button formaction=//evil>",
    "<base href=//evil><link rel=stylesheet href=//evil><meta http-equiv=refresh content='0;url=//evil'>",
    "<template><script>x</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "| <script> | b |\n|--|--|\n| <img src=x onerror=y> | [a](vbscript:x) |",
    "> [!NOTE]\n> <script>alert(1)</script>",
    '# <img src=x onerror=alert(1)> " onclick="x',
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028<script\u2029>x</script>",
    "<x onclick=alert(1)>y</x>",
    "::: video javascript:alert(1)\n:::",
    '::: video images/a.mp4" onerror="alert(1)\n<script>alert(1)</script>\n:::',
    '::: file images/a.pdf" onclick="alert(1) <img src=x onerror=alert(1)>\n:::',
    '::: details <img src=x onerror=alert(1)> " onclick="x\n<details open ontoggle=alert(1)>\n:::',
    '::: tab " onclick="alert(1)\n:::\n::: check "><script>alert(1)</script>\n:::',
    "<video src=x onerror=alert(1) autoplay><track src=javascript:alert(1) default></video>",
    "<section class=main id=main aria-live=assertive><details open name=x><summary accesskey=x>",
    "<a href='media:../../admin' download=evil.exe>x</a><div data-check='\"><script>'></div>",
    "<a href=//evil>z</a><a href=/admin>z</a><a target=_top href=https://a.b ping=//evil>z</a>",
]
FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(HOSTILE),
        st.text(max_size=8),
        st.sampled_from(
            [
                "\n",
                "\n\n",
                "> ",
                "- ",
                "`",
                "*",
                "<",
                ">",
                '"',
                ":::",
                "\n::: tab x\n",
                "\n:::\n",
                "::: video images/a.mp4\n",
            ]
        ),
    ),
    max_size=8,
).map(lambda pieces: "".join(pieces).replace("\r", "\n"))


def elements(shown: str) -> list[Element]:
    """Return the elements of HTML as a browser would see them."""
    root = tinyhtml5.parse(shown, namespace_html_elements=False)
    return [element for element in root.iter() if isinstance(element.tag, str)]


def harm_in(shown: str) -> list[str]:
    """Return everything in HTML that could act, load or look like a part of the page."""
    harm = []
    for element in elements(shown):
        if element.tag not in ALLOWED:
            harm.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            links_out = value.lower().startswith(
                ("http:", "https:", "mailto:", "tel:", f"#{ID_PREFIX}", "/files/images/")
            )
            if (
                name.lower().startswith("on")
                or name in {"style", "target", "srcdoc", "action", "formaction", "ping", "srcset", "name"}
                or (name == "href" and not links_out)
                or (name == "src" and not value.startswith("/files/images/"))
                or (name in {"open", "autoplay", "accesskey", "aria-live"})
                or (name == "data-check" and not re.fullmatch(r"[A-Za-z0-9][\w.-]*", value))
                or (name == "download" and value)
                or (name == "id" and not value.startswith(ID_PREFIX))
                or (name == "role" and value not in {"region", "note"})
                or (name == "tabindex" and value != "0")
            ):
                harm.append(f"{element.tag} {name}={value}")
    return harm


@pytest.mark.parametrize("source", HOSTILE)
def test_no_known_attack_survives(source: str) -> None:
    assert harm_in(markdown_to_html(source, media=served)) == []
    assert harm_in(html_to_html(source, media=served)) == []


@given(FRAGMENTS)
def test_nothing_that_anyone_writes_can_act(source: str) -> None:
    shown = markdown_to_html(source, media=served)
    assert harm_in(shown) == []
    assert harm_in(html_to_html(source, media=served)) == []


@given(FRAGMENTS)
@example(">::: video images/a.mp4\n>")
def test_looking_at_a_text_never_fails(source: str) -> None:
    lines = [use.line for use in pictures_in(source)] + [use.line for use in links_in(source)]
    assert all(1 <= line <= source.count("\n") + 1 for line in lines)
    title, rest = title_in(source)
    assert rest in source
    assert "\n" not in title
