"""Stems do not depend on who asks at the same time."""

from concurrent.futures import ThreadPoolExecutor

from snowballstemmer import stemmer

from router.stems import stem

WORDS = [
    f"{word}{end}" for word in ("charge", "connect", "sync", "pay") for end in ("s", "ing", "ed")
]


def test_words_of_one_kind_have_one_stem() -> None:
    assert stem("charged") == stem("charges") == stem("charging")


def test_threads_do_not_disturb_each_other() -> None:
    many = [f"{word}{number}s" for number in range(500) for word in WORDS]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(stem, many))
    assert found == [stemmer("english").stemWord(word) for word in many]
