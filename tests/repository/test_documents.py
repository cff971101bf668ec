"""The documents, for a person who follows their links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re

from .tracked import ROOT, text_of, tracked_files

FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def documents() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".md"]


def prose(path: Path) -> str:
    return FENCED.sub("", text_of(path) or "")


def anchors(path: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = (re.sub(r"[^\w\- ]", "", text.lower()) for text in HEADING.findall(prose(path)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> Iterator[str]:
    for file, anchor in LINK.findall(prose(path)):
        target = ((ROOT / path).parent / file).resolve() if file else ROOT / path
        if not target.exists():
            yield f"{path}: {file}"
        elif anchor and anchor not in anchors(target.relative_to(ROOT)):
            yield f"{path}: {file}#{anchor}"


def test_every_link_between_documents_leads_to_a_file_and_a_heading_that_is_there() -> None:
    assert [link for path in documents() for link in broken_links(path)] == []


def test_links_are_found_where_there_are_some() -> None:
    found = LINK.findall("[a](docs/guide.md#list) and [b](https://example.org) and ![c](x.png)")
    assert found == [("docs/guide.md", "list"), ("x.png", "")]
    assert sum(len(LINK.findall(prose(path))) for path in documents()) > 20
