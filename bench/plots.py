"""Plots as SVG, without a library: bars of ratios beside their targets, and times on a logarithmic scale."""

import html
import math

WIDTH, ROW, LEFT, TOP = 820, 26, 250, 46
INK, QUIET, GOOD, BAD, GRID = "#1f2933", "#7b8794", "#2f7d5b", "#b5552d", "#e4e7eb"


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK, size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{html.escape(words)}</text>'


def line(x: float, top: float, bottom: float, colour: str = GRID, more: str = "") -> str:
    return f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="{colour}" {more}/>'


def picture(title: str, rows: int, parts: list[str]) -> str:
    height = TOP + rows * ROW + 30
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
                      f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>', text(12, 22, title, size=15), *parts, "</svg>\n"])


def ratios(title: str, rows: list[tuple[str, dict, float | None]]) -> str:
    """One bar for each: the median, a whisker from the least to the most, a mark where the target is."""
    most = max([1.2, *(ratio["most"] for _, ratio, _ in rows)]) * 1.05
    scale, bottom = (WIDTH - LEFT - 70) / most, TOP + len(rows) * ROW
    parts = []
    for step in range(int(most / 0.2) + 1):
        x = LEFT + step * 0.2 * scale
        parts += [line(x, TOP, bottom, QUIET if step == 5 else GRID), text(x, bottom + 16, f"{step * 0.2:.1f}", "middle", QUIET, 11)]
    for number, (name, ratio, target) in enumerate(rows):
        y = TOP + number * ROW
        reached = target is None or ratio["median"] >= target
        parts.append(text(LEFT - 8, y + 17, name, "end"))
        parts.append(f'<rect x="{LEFT}" y="{y + 5}" width="{ratio["median"] * scale:.1f}" height="{ROW - 10}" fill="{GOOD if reached else BAD}"/>')
        parts.append(f'<line x1="{LEFT + ratio["least"] * scale:.1f}" y1="{y + ROW / 2}" x2="{LEFT + ratio["most"] * scale:.1f}" '
                     f'y2="{y + ROW / 2}" stroke="{INK}" stroke-width="1.5"/>')
        if target is not None:
            parts.append(line(LEFT + target * scale, y + 2, y + ROW - 2, INK, 'stroke-width="2.5"'))
        parts.append(text(WIDTH - 12, y + 17, f"{ratio['median']:.2f}", "end"))
    return picture(title, len(rows), parts)


def times(title: str, rows: list[tuple[str, dict]]) -> str:
    """p50, p99 and p99.9 of each, in ms."""
    values = [each[key] for _, each in rows for key in ("p50", "p99", "p999") if each[key] > 0] or [1.0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    scale, bottom = (WIDTH - LEFT - 30) / (high - low), TOP + len(rows) * ROW

    def at(value: float) -> float:
        return LEFT + (math.log10(max(value, 10 ** low)) - low) * scale

    parts = []
    for power in range(low, high + 1):
        x = at(10 ** power)
        parts += [line(x, TOP, bottom), text(x, bottom + 16, f"{10.0 ** power:g} ms", "middle", QUIET, 11)]
    for number, (name, each) in enumerate(rows):
        y = TOP + number * ROW + ROW / 2
        parts.append(text(LEFT - 8, y + 4, name, "end"))
        parts.append(f'<line x1="{at(each["p50"]):.1f}" y1="{y}" x2="{at(each["p999"]):.1f}" y2="{y}" stroke="{QUIET}" stroke-width="2"/>')
        for key, colour in (("p50", GOOD), ("p99", BAD), ("p999", INK)):
            parts.append(f'<circle cx="{at(each[key]):.1f}" cy="{y}" r="5" fill="{colour}"/>')
    parts.append(text(WIDTH - 12, 22, "green: p50, orange: p99, black: p99.9", "end", QUIET))
    return picture(title, len(rows), parts)
