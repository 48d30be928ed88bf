"""A chart card as a PNG picture: lines or bars, intervals as bands, a legend; the table beside it says the same."""

from io import BytesIO
from textwrap import fill
from typing import Any

from hospital.cards import ChartCard

SIZE = (1200, 560)
PLOT = (92, 74, 1170, 478)
"""Left, top, right, bottom of the area of the values."""
COLOURS = ("#0b6b63", "#a8501d", "#46549c", "#75592a")
INK, SOFT, LINE, GROUND = "#18212b", "#4f5b67", "#dbe1e1", "#ffffff"
TICKS, LETTERS = 5, 96


def draw_chart(card: ChartCard) -> bytes:
    """The picture."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", SIZE, GROUND)
    pen = ImageDraw.Draw(image, "RGBA")
    fonts = {size: ImageFont.load_default(size) for size in (20, 24, 28)}
    said = f"{card.title} ({card.unit})"
    fits = next((size for size in (28, 24, 20) if pen.textlength(said, fonts[size]) < SIZE[0] - 56), None)
    if fits is None:  # two lines, broken where a word ends
        pen.multiline_text((28, 8), fill(said, LETTERS), fill=INK, font=fonts[20], spacing=6)
    else:
        pen.text((28, 22), said, fill=INK, font=fonts[fits])
    top = _top(card)
    _axes(pen, card, top, fonts)
    for number, series in enumerate(card.series):
        colour = COLOURS[number % len(COLOURS)]
        if card.kind == "bar":
            _bars(pen, card, number, top, colour)
        else:
            _line(pen, card, series, top, colour)
        x = 92 + number * 260
        pen.rounded_rectangle((x, 528, x + 22, 544), 4, fill=colour)
        pen.text((x + 32, 524), series.name[:20], fill=INK, font=fonts[20])
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _top(card: ChartCard) -> float:
    values = [value for series in card.series for value in (*series.values, *series.high) if value is not None]
    highest = max([*values, 1.0])
    step = 10 ** (len(str(int(highest))) - 1)
    return float(step * -(-highest // step))


def _x(card: ChartCard, at: int) -> float:
    left, _, right, _ = PLOT
    return left + (right - left) * (at + 0.5) / max(len(card.labels), 1)


def _y(value: float, top: float) -> float:
    _, high, _, low = PLOT
    return low - (low - high) * max(0.0, value) / top


def _axes(pen: Any, card: ChartCard, top: float, fonts: dict[int, Any]) -> None:
    left, _, right, low = PLOT
    for tick in range(TICKS + 1):
        value = top * tick / TICKS
        y = _y(value, top)
        pen.line((left, y, right, y), fill=LINE, width=2)
        pen.text((left - 14, y), f"{value:,.6g}", fill=SOFT, font=fonts[20], anchor="rm")
    every = -(-len(card.labels) // 12)
    for at, label in enumerate(card.labels):
        if at % every == 0:
            pen.text((_x(card, at), low + 12), label[:10], fill=SOFT, font=fonts[20], anchor="mt")


def _line(pen: Any, card: ChartCard, series: Any, top: float, colour: str) -> None:
    if series.low and series.high:
        upper = [(_x(card, at), _y(value, top)) for at, value in enumerate(series.high)]
        lower = [(_x(card, at), _y(value, top)) for at, value in enumerate(series.low)]
        pen.polygon([*upper, *reversed(lower)], fill=f"{colour}2e")
    points = [(_x(card, at), _y(value, top)) for at, value in enumerate(series.values) if value is not None]
    if len(points) > 1:
        pen.line(points, fill=colour, width=5, joint="curve")
    for x, y in points:
        pen.ellipse((x - 6, y - 6, x + 6, y + 6), fill=colour)


def _bars(pen: Any, card: ChartCard, number: int, top: float, colour: str) -> None:
    left, _, right, low = PLOT
    width = (right - left) / max(len(card.labels), 1) * 0.7 / len(card.series)
    for at, value in enumerate(card.series[number].values):
        if value is not None:
            start = _x(card, at) - width * len(card.series) / 2 + number * width
            pen.rounded_rectangle((start, _y(value, top), start + width - 3, low), 3, fill=colour)
