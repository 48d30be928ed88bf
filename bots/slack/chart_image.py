"""A chart as a picture for Slack; the table below it says the same in text. Drawn twice as large and made smaller."""

import math
from io import BytesIO
from textwrap import wrap
from typing import Any

from hospital.cards import ChartCard, ChartSeries

SIZE = (2400, 1180)
"""In dots before it is made half as large, so that lines have no steps."""
PLOT = (170, 190, 2330, 956)
"""Left, top, right, bottom of the area of the values."""
TITLE, WORDS, SMALL = 54, 44, 38
"""Sizes of letters."""
COLOURS = ("#0b6b63", "#a8501d", "#46549c", "#75592a")
INK, SOFT, LINE, GROUND = "#18212b", "#4f5b67", "#dbe1e1", "#ffffff"
STEPS = (1, 2, 2.5, 5, 10)
"""Distances of the lines of a scale that people can count in, by power of ten."""
TICKS, LABELS = 5, 12
"""At least so many lines, and at most so many labels."""


def draw_chart(card: ChartCard) -> bytes:
    """The picture as PNG."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", SIZE, GROUND)
    pen = ImageDraw.Draw(image, "RGBA")
    fonts = {size: ImageFont.load_default(size) for size in (TITLE, WORDS, SMALL)}
    _title(pen, card, fonts)
    step, top = scale_of(card)
    _axes(pen, card, step, top, fonts)
    x = float(PLOT[0])
    for number, series in enumerate(card.series):
        colour = COLOURS[number % len(COLOURS)]
        if card.kind == "bar":
            _bars(pen, card, number, top, colour)
        else:
            _line(pen, card, series, top, colour)
        pen.rounded_rectangle((x, 1088, x + 44, 1120), 8, fill=colour)
        pen.text((x + 62, 1104), series.name[:40], fill=INK, font=fonts[WORDS], anchor="lm")
        x += 62 + pen.textlength(series.name[:40], fonts[WORDS]) + 80
    out = BytesIO()
    image.reduce(2).save(out, "PNG", optimize=True)
    return out.getvalue()


def scale_of(card: ChartCard) -> tuple[float, float]:
    """The distance of the lines of the scale and its end, in round figures; it begins at 0."""
    values = [value for series in card.series for value in (*series.values, *series.high) if value is not None]
    highest = max([*values, 1.0])
    power = 10 ** math.floor(math.log10(highest / TICKS))
    step = next(one * power for one in STEPS if one * power * (TICKS + 1) >= highest)
    return step, step * math.ceil(highest / step)


def _title(pen: Any, card: ChartCard, fonts: dict[int, Any]) -> None:
    """One line where it fits, else two, broken where a word ends."""
    fits = SIZE[0] - 112
    said = f"{card.title} ({card.unit})"
    size = next((one for one in (TITLE, WORDS) if pen.textlength(said, fonts[one]) < fits), SMALL)
    letters = int(len(said) * fits / max(pen.textlength(said, fonts[size]), 1))
    for number, part in enumerate(wrap(said, letters)[:2]):
        pen.text((56, 44 + number * 56), part, fill=INK, font=fonts[size])


def _x(card: ChartCard, at: int) -> float:
    left, _, right, _ = PLOT
    return left + (right - left) * (at + 0.5) / max(len(card.labels), 1)


def _y(value: float, top: float) -> float:
    _, high, _, low = PLOT
    return low - (low - high) * max(0.0, value) / top


def _axes(pen: Any, card: ChartCard, step: float, top: float, fonts: dict[int, Any]) -> None:
    left, _, right, low = PLOT
    for tick in range(round(top / step) + 1):
        y = _y(tick * step, top)
        pen.line((left, y, right, y), fill=LINE, width=3)
        pen.text((left - 26, y), f"{tick * step:,.6g}", fill=SOFT, font=fonts[SMALL], anchor="rm")
    every = -(-len(card.labels) // LABELS)
    for at, label in enumerate(card.labels):
        if at % every == 0:
            pen.text((_x(card, at), low + 26), label[:10], fill=SOFT, font=fonts[SMALL], anchor="mt")


def _line(pen: Any, card: ChartCard, series: ChartSeries, top: float, colour: str) -> None:
    if series.low and series.high:
        upper = [(_x(card, at), _y(value, top)) for at, value in enumerate(series.high)]
        lower = [(_x(card, at), _y(value, top)) for at, value in enumerate(series.low)]
        pen.polygon([*upper, *reversed(lower)], fill=f"{colour}2e")
    points = [(_x(card, at), _y(value, top)) for at, value in enumerate(series.values) if value is not None]
    if len(points) > 1:
        pen.line(points, fill=colour, width=9, joint="curve")
    for x, y in points:
        pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=colour)


def _bars(pen: Any, card: ChartCard, number: int, top: float, colour: str) -> None:
    left, _, right, low = PLOT
    width = (right - left) / max(len(card.labels), 1) * 0.7 / len(card.series)
    for at, value in enumerate(card.series[number].values):
        if value is not None:
            start = _x(card, at) - width * len(card.series) / 2 + number * width
            pen.rounded_rectangle((start, _y(value, top), start + width - 6, low), 6, fill=colour)
