"""One number is read from an EXIF block, and nothing else in there can do harm."""

from __future__ import annotations

import time

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.alpr.vision.orientation import MOST_ENTRIES, orientation_in

from .pictures import exif_block

TAG, SHORT, LONG = 0x0112, 3, 4
SIX = (TAG, SHORT, 1, 6)


def orientation(block: bytes) -> int:
    return orientation_in(memoryview(block))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 9))
def test_every_orientation_is_read_in_both_byte_orders(order: str, value: int) -> None:
    assert orientation(exif_block((TAG, SHORT, 1, value), order=order)) == value
    assert orientation(exif_block((TAG, LONG, 1, value), order=order)) == value


@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_prefix_may_be_there_or_not(times: int) -> None:
    assert orientation(b"Exif\x00\x00" * times + exif_block(SIX)) == 6


def test_nonsense_in_other_entries_does_not_cost_the_orientation() -> None:
    others = (0x010F, 2, 0xFFFFFFFF, 0xFFFFFFFF), (0x0110, 99, 1, 7)
    assert orientation(exif_block(*others, SIX, (0x011A, 5, 1, 0xFFFFFFF0))) == 6


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"Exif\x00\x00",
        b"II*\x00",
        b"XX" + exif_block(SIX)[2:],
        b"II+\x00" + exif_block(SIX)[4:],
        exif_block(SIX)[:-8],
        exif_block(SIX).replace(b"\x08\x00\x00\x00", b"\xff\xff\xff\xff", 1),
        exif_block(),
        exif_block(count=0xFFFF),
        exif_block(SIX, count=0),
        exif_block((TAG, SHORT, 1, 0)),
        exif_block((TAG, SHORT, 1, 9)),
        exif_block((TAG, LONG, 1, 0x10006)),
        exif_block((TAG, SHORT, 0, 6)),
        exif_block((TAG, SHORT, 0xFFFFFFFF, 6)),
        exif_block((TAG, 2, 1, 6)),
        exif_block((TAG, 99, 1, 6)),
        exif_block((0x8769, LONG, 1, 26)) + exif_block(SIX)[8:],
    ],
    ids=[
        "nothing",
        "the prefix alone",
        "the byte order alone",
        "no byte order",
        "another format",
        "cut short",
        "a directory far behind the end",
        "no entries",
        "entries that are not there",
        "an entry that is not counted",
        "0",
        "9",
        "more than a SHORT holds",
        "no value",
        "four billion values",
        "a text",
        "an unknown type",
        "in another directory",
    ],
)
def test_a_block_that_makes_no_sense_means_upright(block: bytes) -> None:
    assert orientation(block) == 1


def test_only_so_many_entries_are_looked_at() -> None:
    other = (0x0100, SHORT, 1, 1)
    assert orientation(exif_block(*[other] * (MOST_ENTRIES - 1), SIX)) == 6
    assert orientation(exif_block(*[other] * MOST_ENTRIES, SIX)) == 1


@pytest.mark.parametrize(
    "block",
    [b"Exif\x00\x00" * 2_500_000, exif_block(*[(0x0100, SHORT, 1, 1)] * 65_535) * 20],
    ids=["prefixes", "entries"],
)
def test_a_block_of_16_mib_costs_no_time(block: bytes) -> None:
    started = time.perf_counter()
    assert orientation(block) == 1
    assert time.perf_counter() - started < 0.1


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([TAG, 0x0100, 0x8769]) | st.integers(0, 0xFFFF),
        st.integers(0, 20),
        st.integers(0, 0xFFFFFFFF),
        st.integers(0, 0xFFFF),
    ),
    max_size=8,
)


@given(
    st.binary(max_size=60)
    | st.builds(exif_block, order=st.sampled_from("<>"), count=st.integers(0, 0xFFFF))
    | ENTRIES.map(lambda entries: exif_block(*entries)),
    st.integers(0, 120),
)
def test_whatever_the_block_is_there_is_an_orientation(block: bytes, cut: int) -> None:
    assert 1 <= orientation(block[:cut]) <= 8
