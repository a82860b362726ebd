"""Markdown of the guide: what it becomes, and that no text makes a page say more than it may."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from cageot.guide.rules import markup, shipped

TITLES = {one.slug: one.title for one in shipped.chapters()}


def page(text: str) -> str:
    return markup.html(text, lambda slug: (f"/guide/{slug}/", TITLES[slug]) if slug in TITLES else None)


def test_a_chapter_link_shows_the_title_of_the_chapter() -> None:
    assert page("Voir [[tarifs]].") == (
        '<p>Voir <a class="to-chapter" href="/guide/tarifs/">Les tarifs et la règle des 30\u00a0%</a>.</p>'
    )


def test_a_link_to_no_chapter_stays_words() -> None:
    assert page("Voir [[rien-de-tel]].") == "<p>Voir rien-de-tel.</p>"


def test_html_scripts_pictures_and_odd_links_are_only_words() -> None:
    said = page(
        '<script>alert(1)</script>\n\n<b onclick="x">b</b> [a](javascript:alert(1)) ![p](https://elsewhere.example/p.png)'
    )
    assert "<script" not in said
    assert "<b " not in said
    assert "<img" not in said
    assert 'href="javascript' not in said


def test_no_line_breaks_before_a_sign_on_the_page_nor_on_paper() -> None:
    said = "Qui paie ? « Nous » : **tous !** 30 %"
    wide = "Qui paie\u00a0? «\u00a0Nous\u00a0»\u00a0: "
    assert page(said) == f"<p>{wide}<strong>tous\u00a0!</strong> 30\u00a0%</p>"
    [one] = markup.data(said, str)
    assert one["c"][0]["t"] == wide
    assert markup.words(markup.parse(said)) == said.replace("**", ""), "search reads what was typed"
    assert "a : b" in page("`a : b`"), "code stays as it is"


def test_tables_lists_quotes_and_headings() -> None:
    said = page("## Un titre à l’ancre\n\n- a\n- b\n\n3. c\n\n> dit\n\n| x | y |\n|---|---|\n| 1 | 2 |\n")
    assert '<h2 id="un-titre-a-l-ancre">' in said
    assert "<ul><li>a</li><li>b</li></ul>" in said
    assert '<ol start="3"><li>c</li></ol>' in said
    assert "<blockquote><p>dit</p></blockquote>" in said
    assert '<th scope="col">x</th>' in said


def test_the_chapters_that_ship_lead_only_to_each_other() -> None:
    assert len(shipped.chapters()) == 15
    for chapter in shipped.chapters():
        assert set(markup.chapters_named(chapter.text)) <= set(TITLES), chapter.slug
        assert len(markup.headings(chapter.text)) > 3


class Tags(HTMLParser):
    """Every tag and attribute of a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(f"@{name}" for name, _value in attrs)}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


ALLOWED = {"p", "ul", "ol", "li", "blockquote", "strong", "em", "h2", "h3", "h4", "h5", "h6", "hr", "br", "code", "pre", "a", "div", "table", "thead",
           "tbody", "tr", "th", "td", "@id", "@href", "@rel", "@class", "@start", "@scope", "@tabindex"}  # fmt: skip
marks = st.lists(st.sampled_from(["<script>", "<img src=x onerror=alert(1)>", "[", "](", ")", "javascript:x", "https://e.org", "**", "`", "\n\n", "- ", "> ",
                                  "|", "---", "[[tarifs]]", "&lt;", '"', "'", "<", ">", "#", "1. ", "\\", "data:text/html,x", "é", "\u202e"]) | st.text(max_size=8)).map("".join)  # fmt: skip


@given(marks)
def test_no_text_makes_another_tag_or_leads_elsewhere_than_the_web(text: str) -> None:
    read = Tags()
    read.feed(page(text))
    assert read.seen <= ALLOWED
    assert all(link.lower().startswith(("https://", "http://", "mailto:", "/guide/")) for link in read.links)
