"""The words of news that is stored as facts, made when somebody reads it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from leads.models import Notification


@dataclass(frozen=True)
class Words:
    """What a piece of news says: one line, and what stands below it."""

    title: str
    lines: tuple[str, ...] = ()


def put_into_words(*, news: Sequence[Notification]) -> None:
    """Fill in title and lines of those that have a wording, on these objects alone.

    The rooms that told it say how, by `settings.NEWS_WORDS`: each takes a sequence of
    news and returns the words by the id of the news. The number of queries does not
    grow with the news.
    """
    by_wording: defaultdict[str, list[Notification]] = defaultdict(list)
    for one in news:
        if one.wording:
            by_wording[one.wording].append(one)
    for wording, alike in by_wording.items():
        words: dict[int, Words] = import_string(settings.NEWS_WORDS[wording])(
            news=alike
        )
        for one in alike:
            if said := words.get(one.pk):
                one.title = " ".join(said.title.split())
                one.lines = list(said.lines)
