"""Words for the masks of an example, as a message reads in which a name was not recognised."""

from collections.abc import Mapping

STAND_INS: Mapping[str, tuple[str, ...]] = {
    "<site>": ("Westbrook", "the downtown hospital", "Hillcrest"),
    "<unit>": ("7 South", "the step-down unit", "3B"),
    "<room>": ("OR 11", "theatre 2", "room 6"),
    "<bed>": ("bed 31", "6-118", "bed 7"),
    "<clinic>": ("the Friday clinic", "eye clinic", "the pain clinic"),
    "<service>": ("rheumatology", "vascular", "urology"),
    "<person>": ("Dr. Brandt", "Alice Moore", "Dr. Chen"),
    "<patient>": ("Mr. Weber", "the patient", "Mrs. Diaz"),
    "<item>": ("shoulder tray", "the mesh set", "STEM-9"),
    "<procedure>": ("gallbladder", "ankle repair", "cataract"),
    "<equipment>": ("microscope", "laser", "robot"),
    "<case>": ("case 77", "the first case", "his case"),
    "<requisition>": ("the requisition", "PR 88", "that order"),
    "<scanner>": ("the scanner", "CT 4", "the new MRI"),
    "<level>": ("telemetry", "surgical", "monitored"),
    "<date>": ("Wednesday", "next month", "tomorrow"),
    "<time>": ("at 10", "by 3pm", "8:15"),
    "<duration>": ("two hours", "45 minutes", "half an hour"),
    "<number>": ("three", "7", "ten"),
}
"""What may stand where a mask is."""


def filled(masked: str, number: int) -> str:
    """The example with words instead of its masks; `number` chooses among them."""
    for step, (tag, values) in enumerate(STAND_INS.items()):
        masked = masked.replace(tag, values[(number + step) % len(values)])
    return masked
