"""Bands of scores and letters of grades, as reports cut them."""

from reports.keys import EMPTY_KEY

# Twenty points a band, whatever the bands of a model are called.
WIDTH, HIGHEST = 20, 100
BANDS = (
    *(f"{low}–{low + WIDTH - 1}" for low in range(0, HIGHEST, WIDTH)),
    f"{HIGHEST}+",
)


def band_of(score: float | None) -> str:
    """The band of a score as it was measured."""
    if score is None:
        return EMPTY_KEY
    return BANDS[min(max(int(score) // WIDTH, 0), len(BANDS) - 1)]


def letter_of(grade: int | None) -> str:
    """The letter of a grade without its third."""
    if grade is None:
        return EMPTY_KEY
    return "F" if grade == 0 else "DCBA"[(grade - 1) // 3]
