"""Lines of text with one vehicle each: what is taken apart, and what is named as faulty."""

from __future__ import annotations

import csv
import io

from hypothesis import given, strategies as st
import pytest

from custom_components.alpr_gate.vehicle_lines import (
    FaultyLine,
    LineProblem,
    VehicleLine,
    lines_of,
)

ANNA = VehicleLine(1, "Anna", "AB 123 CD", "Miller")
MARKS = "\t;,"
PLATES = st.from_regex(r"[A-Z]{1,3} [0-9]{1,4}", fullmatch=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, str]]]:
    """The mark between the cells of a table, and its rows.

    In a cell there is none of the marks that are tried before this one.
    """
    mark = draw(st.sampled_from(MARKS))
    cells = st.text(
        st.characters(
            exclude_categories=("Cc", "Cs"), exclude_characters=MARKS[: MARKS.index(mark)]
        ),
        max_size=20,
    ).map(str.strip)
    return mark, draw(st.lists(st.tuples(cells.filter(bool), PLATES, cells), max_size=8))


@pytest.mark.parametrize(
    "text",
    [
        "Anna; AB 123 CD; Miller",
        "Anna;AB 123 CD;Miller",
        "Anna, AB 123 CD, Miller",
        "Anna\tAB 123 CD\tMiller",
        "  Anna ;  AB 123 CD ; Miller ;; ",
        '"Anna"; "AB 123 CD"; "Miller"',
        "\ufeffAnna;AB 123 CD;Miller\r\n",
    ],
)
def test_a_line_is_name_plate_and_household_with_any_of_three_marks_between(text: str) -> None:
    assert lines_of(text) == [ANNA]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Miller, Anna; AB 123 CD", "Miller, Anna"),
        ('"Miller, Anna", AB 123 CD', "Miller, Anna"),
        ("Miller; Anna\tAB 123 CD", "Miller; Anna"),
        ('"Miller; Anna", AB 123 CD', "Miller; Anna"),
    ],
)
def test_a_part_may_have_another_mark_in_it(text: str, name: str) -> None:
    assert lines_of(text) == [VehicleLine(1, name, "AB 123 CD")]


@pytest.mark.parametrize(
    "heading",
    ["Name; Plate; Household", "name,PLATE", "Who\tLicence plate\tWhose", "Name; Number plate"],
)
def test_a_heading_is_passed_over_and_counted(heading: str) -> None:
    assert lines_of(f"\n{heading}\n\nAnna; AB 123 CD") == [VehicleLine(4, "Anna", "AB 123 CD")]


def test_only_the_first_line_can_be_a_heading() -> None:
    assert lines_of("Anna; AB 123 CD\nBen; Plate")[1] == VehicleLine(2, "Ben", "Plate")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Anna", LineProblem.NO_PLATE),
        ("AB 123 CD", LineProblem.NO_PLATE),
        ("Anna;", LineProblem.NO_PLATE),
        ('"Anna; AB 123 CD', LineProblem.NO_PLATE),
        ("x" * 200_000, LineProblem.TOO_LONG),
        (f"Anna;{' ' * 990}AB 123 CD", LineProblem.TOO_LONG),
        (f"Anna; AB 123 CD;{'x' * 1000}", LineProblem.TOO_LONG),
        ("Anna; AB 123 CD; Miller; 3", LineProblem.TOO_MANY_PARTS),
        ("AB 123 CD; Anna", LineProblem.OTHER_ORDER),
        ("AB 123 CD; Anna; Miller", LineProblem.OTHER_ORDER),
        ("Miller, Anna, AB 123 CD", LineProblem.OTHER_ORDER),
        ("Miller; ; AB 123 CD", LineProblem.OTHER_ORDER),
    ],
)
def test_a_line_that_names_no_vehicle_is_named_with_its_number(
    line: str, problem: LineProblem
) -> None:
    anna, faulty = lines_of(f"Anna; AB 123 CD; Miller\n\n{line}")
    assert anna == ANNA
    assert isinstance(faulty, FaultyLine)
    assert (faulty.number, faulty.problem) == (3, problem)
    assert line.strip('"').startswith(faulty.name)


def test_a_plate_without_digits_is_taken_where_nothing_else_looks_like_one() -> None:
    assert lines_of("Anna; ANNA; Miller 4") == [FaultyLine(1, "Anna", LineProblem.OTHER_ORDER)]
    assert lines_of("Anna; ANNA; 4") == [VehicleLine(1, "Anna", "ANNA", "4")]


@given(table=tables())
def test_what_a_table_writes_is_read_back_whatever_its_cells_hold(
    table: tuple[str, list[tuple[str, str, str]]],
) -> None:
    mark, rows = table
    file = io.StringIO()
    csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    assert lines_of(file.getvalue()) == [
        VehicleLine(number, *row) for number, row in enumerate(rows, 1)
    ]


@given(text=st.text() | st.text(alphabet='aA1;,\t\n\r" '))
def test_every_line_that_is_not_empty_comes_to_something_and_nothing_is_ever_raised(
    text: str,
) -> None:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said = {number for number, line in enumerate(lines, 1) if line.strip('\t;," ').strip()}
    found = [line.number for line in lines_of(text)]
    assert found == sorted(set(found))
    assert said - set(found) <= {min(said, default=0)}, "only a heading is passed over"
    assert all(lines[number - 1].strip() for number in found)


def test_no_line_tells_a_plate_in_its_repr() -> None:
    assert "AB 123" not in repr(lines_of("AB 123 CE; AB 123 CD; AB 123 CF"))
    assert "AB 123" not in repr(lines_of("AB 123 CE; Anna"))
