"""Pictures as tests read them: parsed, which what is not XML does not survive."""

from typing import Any
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


class Drawing:
    """A picture, and the words in it."""

    def __init__(self, svg: bytes | str) -> None:
        self.root = ElementTree.fromstring(svg)

    def of_class(self, name: str) -> list[ElementTree.Element]:
        return [each for each in self.root.iter() if name in each.get("class", "").split()]

    def words(self) -> list[str]:
        """What is written in it, but for the names of rows and columns."""
        return [text_of(each) for each in self.root.iter(f"{SVG}text") if "note" not in each.get("class", "")]

    def notes(self) -> list[str]:
        return [text_of(each) for each in self.root.iter(f"{SVG}text") if "note" in each.get("class", "")]

    def told(self) -> list[str]:
        """What is said of each part: the titles of all but the whole."""
        return [text_of(title) for each in self.root.iter() for title in each.findall(f"{SVG}title")][1:]

    @property
    def title(self) -> str:
        return text_of(self.root.find(f"{SVG}title"))

    @property
    def description(self) -> str:
        return text_of(self.root.find(f"{SVG}desc"))

    def days(self) -> list[ElementTree.Element]:
        """The squares of a heatmap, without those of its legend."""
        return [each for each in self.of_class("day") if each.find(f"{SVG}title") is not None]


def text_of(element: Any) -> str:
    assert element is not None
    return "".join(element.itertext()).replace("\u2068", "").replace("\u2069", "")
