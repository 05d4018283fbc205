import pytest

from reports import words


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.118, "11.8 %"),
        (0, "0.0 %"),
        (-0.231, "\N{MINUS SIGN}23.1 %"),
        (12.333, "1,233.3 %"),
    ],
)
def test_a_share_is_read_in_percent(share, text):
    assert words.percent(share) == text
