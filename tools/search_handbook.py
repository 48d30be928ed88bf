"""What the handbook says, with the section it says it in."""

from pydantic import Field

from hospital.cards import Citation, CitationCard
from tools.tool import Answer, Arguments, Problem, Toolbox, tool


class SearchHandbook(Arguments):
    question: str = Field(min_length=2, max_length=2000, description="The question, in plain words")
    limit: int = Field(default=3, ge=1, le=10, description="How many sections at most")


@tool(SearchHandbook, "read")
async def search_handbook(args: SearchHandbook, box: Toolbox) -> Answer:
    """What the hospital's own rules say: blocks, add-ons, ratios, overtime, loaners, contrast, backfill, downtime."""
    passages = box.handbook.search(args.question, args.limit)
    if not passages:
        pages = tuple(page.title for page in box.handbook.pages())
        raise Problem(
            "unknown",
            "The handbook says nothing about that. Ask about one of its pages, or ask the owner of the matter.",
            choices=pages,
            argument="question",
        )
    best = passages[0]
    return Answer(
        headline=f"{best.text.strip()} ({best.citation})",
        facts={
            "passages": [
                {"source": p.source, "section": p.section, "title": p.title, "text": p.text, "citation": p.citation}
                for p in passages
            ]
        },
        cards=tuple(CitationCard(source=p.source, section=f"{p.section} {p.title}", text=p.text) for p in passages),
        citations=tuple(Citation(source=p.source, section=p.section, text=p.text) for p in passages),
    )
