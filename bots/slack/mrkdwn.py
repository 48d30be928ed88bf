"""Our markdown in Slack's own dialect; pure."""

import re
from datetime import datetime

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")
_ITEM = re.compile(r"^(\s*)[-*] ", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def escape(text: str) -> str:
    """Text that Slack takes for nothing but text: no mention, no link, no channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_mrkdwn(markdown: str) -> str:
    """Bold, bullets, headings and links as Slack writes them."""
    text = _HEADING.sub(r"**\1**", escape(markdown))
    text = _LINK.sub(r"<\2|\1>", text)
    return _ITEM.sub(r"\1• ", _BOLD.sub(r"*\1*", text))


def cut(text: str, most: int) -> str:
    """At most so many characters, with a sign that there was more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def when(moment: datetime) -> str:
    """A moment on each reader's own clock, with UTC for clients that cannot."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%a %d %b %H:%M} UTC>"
