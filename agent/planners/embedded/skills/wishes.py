"""What kind of visit or examination is wished for, as it was said."""

import re

_TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("same-day-complex", re.compile(r"\bsame[- ]day[- ]complex\b", re.IGNORECASE)),
    ("complex", re.compile(r"\bcomplex\b", re.IGNORECASE)),
    (
        "follow-up",
        re.compile(
            r"\b(?:follow(?:ing)?[- ]?ups?|f/?u|returns?(?! to\b)|check-?ups?|recheck\w*|reviews?|control visit|"
            r"repeat (?:visit|appointment)|(?:existing|established|returning|known) patient|"
            r"post-?op (?:visit|check))\b",
            re.IGNORECASE,
        ),
    ),
    ("procedure", re.compile(r"\bprocedures?\b", re.IGNORECASE)),
    (
        "new-patient",
        re.compile(
            r"\b(?:new|npv?|initial|first[- ](?:visit|appointment|consult\w*|time (?:patient|visitor|here))|"
            r"never (?:been|seen)(?: \w+)?|has ?n[o']?t been (?:here|seen)|first time with us)\b",
            re.IGNORECASE,
        ),
    ),
)
"""Visit types as the clinics' templates call them, the more special first."""
_MRI = re.compile(r"\b(?:mris?|magnets?)\b", re.IGNORECASE)
_MR = re.compile(r"\bMRs?\b(?!\.? [A-Z])")
"""The scan; "Mr" and "MR Jones" are a title."""
_CT = re.compile(r"\b(?:cts?|cat scans?)\b", re.IGNORECASE)
_SCAN = re.compile(r"\b(?:scans?|scanners?|imaging|x-?rays?|ultrasounds?)\b", re.IGNORECASE)
_CONTRAST = re.compile(r"\b(?:contrast|gadolinium|gad)\b", re.IGNORECASE)
_NO_CONTRAST = re.compile(r"\b(?:without|no|non|w/?o)[- ]*(?:iv )?contrast\b|\bnon-?con\b", re.IGNORECASE)


def visit_type(text: str) -> str | None:
    """The kind of visit said, or None."""
    return next((kind for kind, said in _TYPES if said.search(text)), None)


def modality(text: str) -> str | None:
    """`mri` or `ct` when one of them is said, the one said first of both; else None."""
    found = [
        (at.start(), kind) for kind, said in (("mri", _MRI), ("mri", _MR), ("ct", _CT)) if (at := said.search(text))
    ]
    return min(found)[1] if found else None


def is_imaging(text: str) -> bool:
    """Whether an examination on a scanner is spoken about."""
    return modality(text) is not None or _SCAN.search(text) is not None


def wants_contrast(text: str) -> bool | None:
    """Whether contrast is wanted; None when nothing is said of it."""
    if _NO_CONTRAST.search(text):
        return False
    return True if _CONTRAST.search(text) else None
