"""The picture of a programme: boxes from top to bottom, and where branches lead."""

from collections.abc import Sequence
from dataclasses import dataclass

from leads.nurture.choices import StepKind
from leads.nurture.models import Step
from leads.nurture.programmes import wording

# In units of the drawing.
WIDTH, BOX_WIDTH, BOX_HEIGHT, GAP, LEFT = 360, 260, 44, 26, 8
LONGEST = 35


@dataclass(frozen=True)
class Box:
    """One step: its words, and the line of a branch to its right as an SVG path."""

    number: int
    words: str
    kind: str
    y: int
    otherwise: str = ""

    @property
    def text_y(self) -> int:
        return self.y + BOX_HEIGHT // 2 + 5

    @property
    def below(self) -> int:
        return self.y + BOX_HEIGHT

    @property
    def next_y(self) -> int:
        return self.below + GAP


@dataclass(frozen=True)
class Picture:
    """All boxes, and the size of the drawing."""

    boxes: list[Box]
    width: int = WIDTH
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT
    left: int = LEFT

    @property
    def height(self) -> int:
        return (BOX_HEIGHT + GAP) * len(self.boxes) + BOX_HEIGHT

    @property
    def end_y(self) -> int:
        return (BOX_HEIGHT + GAP) * len(self.boxes) + GAP // 2

    @property
    def middle(self) -> int:
        return LEFT + BOX_WIDTH // 2

    @property
    def text_x(self) -> int:
        return LEFT + 34


def draw(steps: Sequence[Step]) -> Picture:
    """The picture of these steps, in their order."""
    places = {step.pk: index for index, step in enumerate(steps)}
    boxes = []
    for index, step in enumerate(steps):
        words = wording.of_step(step)
        if len(words) > LONGEST:
            words = f"{words[: LONGEST - 1]}…"
        line = ""
        if step.kind == StepKind.BRANCH:
            to = places.get(step.otherwise_id or 0, len(steps))
            line = _line(index, to, index + 1)
        boxes.append(Box(index + 1, words, step.kind, _top(index), line))
    return Picture(boxes)


def _top(index: int) -> int:
    return index * (BOX_HEIGHT + GAP) + 2


def _line(index: int, to: int, depth: int) -> str:
    """Out of the right of a box and back into another one, or the end."""
    start, end = _top(index) + BOX_HEIGHT // 2, _top(to) + BOX_HEIGHT // 2
    right = LEFT + BOX_WIDTH
    out = right + 16 + 10 * (depth % 7)
    return f"M{right} {start}H{out}V{end}H{right + 4}"
