"""The growth as a picture: for each request a small chart of its median and its p99, over the sessions there are."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import log10
from typing import Any
from xml.sax.saxutils import escape

COLUMNS = 3
WIDTH, HEIGHT = 280, 150
LEFT, RIGHT, TOP, BOTTOM = 20, 80, 34, 26
STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #24292f }
    .title { font-weight: 600 }
    .small { fill: #57606a; font-size: 11px }
    .axis { stroke: #d0d7de }
    .median { stroke: #0969da; fill: none; stroke-width: 2 }
    .p99 { stroke: #bc4c00; fill: none; stroke-width: 2; stroke-dasharray: 5 3 }
    @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .small { fill: #9198a1 }
        .axis { stroke: #3d444d }
        .median { stroke: #4493f8 }
        .p99 { stroke: #f0883e }
    }
"""


def picture(figures: Iterable[Any]) -> str:
    """An SVG document of these figures, in a grid; each has request, sessions, median and p99."""
    charts = [(name, list(group)) for name, group in groupby(figures, lambda figure: figure.request)]
    rows = -(-len(charts) // COLUMNS)
    body = ""
    for number, (name, points) in enumerate(charts):
        x, y = number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT
        body += f'<g transform="translate({x} {y})">{chart(name, points)}</g>\n'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * WIDTH} {rows * HEIGHT}" role="img">\n'
        "<title>What requests cost, by how many sessions there are</title>\n"
        f"<style>{STYLE}</style>\n{body}</svg>\n"
    )


def chart(name: str, points: Sequence[Any]) -> str:
    """One request: sessions to the right, by powers of ten; milliseconds upwards, from nothing."""
    most = max(point.p99 for point in points)
    first, last = log10(points[0].sessions), log10(points[-1].sessions)

    def place(sessions: int, milliseconds: float) -> tuple[float, float]:
        right = (log10(sessions) - first) / ((last - first) or 1)
        x = LEFT + right * (WIDTH - LEFT - RIGHT)
        return round(x, 1), round(HEIGHT - BOTTOM - milliseconds / most * (HEIGHT - TOP - BOTTOM), 1)

    base = HEIGHT - BOTTOM
    parts = [
        f'<text class="title" x="{LEFT}" y="20">{escape(name)}, ms</text>',
        f'<path class="axis" d="M{LEFT} {base}H{WIDTH - RIGHT}"/>',
    ]
    for point in points:
        x, _ = place(point.sessions, 0)
        parts.append(
            f'<text class="small" x="{x}" y="{base + 16}" text-anchor="middle">{short(point.sessions)}</text>'
        )
    for kind in ("p99", "median"):
        line = [place(point.sessions, getattr(point, kind)) for point in points]
        path = "L".join(f"{x} {y}" for x, y in line)
        x, y = line[-1]
        parts.append(f'<path class="{kind}" d="M{path}"/>')
        parts.append(f'<text class="small" x="{x + 6}" y="{y + 4}">{kind} {getattr(points[-1], kind):.1f}</text>')
    return "".join(parts)


def short(number: int) -> str:
    """1,000,000 is 1 M."""
    for power, letter in ((10**6, " M"), (10**3, " k")):
        if number >= power:
            return f"{number / power:g}{letter}"
    return str(number)
