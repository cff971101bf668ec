"""The owner's list on disk: private, whole, in force at the right moment, and never lost."""

# ruff: noqa: ASYNC240 - a test may wait for the disk

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
import errno
import json
from pathlib import Path
import stat
from typing import Any
from unittest.mock import patch

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle, vehicle_to_json
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.register_store import (
    RegisterNotSaved,
    RegisterStore,
    VehicleNotListed,
    erase_list,
)

ANNA = Vehicle(id="anna", name="Anna", plate="AB123CD")
BEN = Vehicle(id="ben", name="Ben", plate="XY987ZW")
GUEST = Vehicle(id="guest", name="Guest", plate="GU555ST", uses_left=2)


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant read and write real files: they are what is tested here."""
    return {}


@pytest.fixture
async def store(hass: HomeAssistant) -> AsyncIterator[RegisterStore]:
    store = RegisterStore(hass)
    await store.load()
    yield store
    await store.close()


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(".storage", "alpr_gate.register"))


@pytest.fixture
def issues(hass: HomeAssistant) -> Callable[[], set[str]]:
    def raised() -> set[str]:
        return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}

    return raised


def names(store: RegisterStore) -> list[str]:
    """Who may pass."""
    return [vehicle.name for vehicle in store.register.vehicles if vehicle.enabled]


def write(file: Path, content: str | bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def wrapped(data: Any, version: int = 1) -> str:
    return json.dumps(
        {"version": version, "minor_version": 1, "key": "alpr_gate.register", "data": data}
    )


async def a_minute_later(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1, seconds=1))
    await hass.async_block_till_done()


async def reloaded(hass: HomeAssistant) -> RegisterStore:
    store = RegisterStore(hass)
    await store.load()
    return store


@contextmanager
def full_disk() -> Iterator[None]:
    with patch(
        "homeassistant.util.file.AtomicWriter", side_effect=OSError(errno.ENOSPC, "disk full")
    ):
        yield


class SlowDisk:
    """Holds every write until it is let go."""

    def __init__(self) -> None:
        self.writing = asyncio.Event()
        self.go_on = asyncio.Event()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        write_data = Store._async_write_data

        async def slow(store: Store[Any], data: dict[str, Any]) -> None:
            self.writing.set()
            await self.go_on.wait()
            await write_data(store, data)

        with patch.object(Store, "_async_write_data", slow):
            yield


async def test_a_list_comes_back_as_it_was_saved(hass: HomeAssistant, store: RegisterStore) -> None:
    for vehicle in (ANNA, BEN, GUEST):
        await store.add(vehicle)
    await store.remove("ben")
    again = await reloaded(hass)
    assert again.register.vehicles == (ANNA, GUEST)
    assert again.register.revision >= store.register.revision - 1


async def test_only_the_owner_of_the_process_can_read_the_file(
    store: RegisterStore, file: Path
) -> None:
    await store.add(ANNA)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_there_is_no_file_before_there_is_a_vehicle(store: RegisterStore, file: Path) -> None:
    assert names(store) == []
    assert not file.exists()


async def test_listeners_hear_of_every_change_until_they_leave(store: RegisterStore) -> None:
    heard: list[int] = []
    leave = store.listen(lambda: heard.append(len(store.register)))
    await store.add(ANNA)
    await store.remove("anna")
    leave()
    await store.add(BEN)
    assert heard == [1, 0]


async def test_a_vehicle_may_pass_only_once_it_is_on_disk(store: RegisterStore) -> None:
    disk = SlowDisk()
    with disk.in_place():
        adding = asyncio.create_task(store.add(ANNA))
        await disk.writing.wait()
        assert names(store) == []
        disk.go_on.set()
        await adding
    assert names(store) == ["Anna"]


async def test_a_removed_vehicle_stays_out_while_the_disk_is_slow(store: RegisterStore) -> None:
    await store.add(ANNA)
    disk = SlowDisk()
    with disk.in_place():
        adding = asyncio.create_task(store.add(BEN))
        await disk.writing.wait()
        removing = asyncio.create_task(store.remove("anna"))
        await asyncio.sleep(0)
        assert names(store) == []
        disk.go_on.set()
        await asyncio.gather(adding, removing)
    assert names(store) == ["Ben"]


async def test_a_vehicle_that_is_removed_while_it_is_added_never_passes(
    hass: HomeAssistant, store: RegisterStore
) -> None:
    disk = SlowDisk()
    seen: list[list[str]] = []
    store.listen(lambda: seen.append(names(store)))
    with disk.in_place():
        adding = asyncio.create_task(store.add(ANNA))
        await disk.writing.wait()
        removing = asyncio.create_task(store.remove("anna"))
        await asyncio.sleep(0)
        disk.go_on.set()
        await asyncio.gather(adding, removing)
    assert ["Anna"] not in seen
    assert names(await reloaded(hass)) == []


async def test_a_vehicle_that_is_removed_while_adding_it_fails_stays_away(
    hass: HomeAssistant, store: RegisterStore
) -> None:
    disk = SlowDisk()
    with disk.in_place(), full_disk():
        adding = asyncio.create_task(store.add(ANNA))
        await disk.writing.wait()
        removing = asyncio.create_task(store.remove("anna"))
        await asyncio.sleep(0)
        disk.go_on.set()
        failed = await asyncio.gather(adding, removing, return_exceptions=True)
    assert [type(failure) for failure in failed] == [RegisterNotSaved, RegisterNotSaved]
    await store.add(BEN)
    assert names(store) == names(await reloaded(hass)) == ["Ben"]


async def test_a_vehicle_that_is_changed_while_it_is_added_passes_only_as_changed(
    store: RegisterStore,
) -> None:
    changed = Vehicle(id="anna", name="Anna B", plate="NE11WER")
    seen: list[list[str]] = []
    store.listen(lambda: seen.append(names(store)))
    disk = SlowDisk()
    with disk.in_place():
        adding = asyncio.create_task(store.add(ANNA))
        await disk.writing.wait()
        updating = asyncio.create_task(store.update(changed))
        await asyncio.sleep(0)
        disk.go_on.set()
        await asyncio.gather(adding, updating)
    assert seen == [["Anna B"]]


async def test_while_a_vehicle_is_changed_neither_the_old_nor_the_new_one_passes(
    store: RegisterStore,
) -> None:
    await store.add(ANNA)
    changed = Vehicle(id="anna", name="Anna", plate="NE11WER")
    disk = SlowDisk()
    with disk.in_place():
        updating = asyncio.create_task(store.update(changed))
        await disk.writing.wait()
        assert names(store) == []
        disk.go_on.set()
        await updating
    assert store.register.get("anna") == changed


async def test_what_is_not_listed_can_be_neither_changed_nor_removed(store: RegisterStore) -> None:
    with pytest.raises(VehicleNotListed):
        await store.update(ANNA)
    with pytest.raises(VehicleNotListed):
        await store.remove("anna")


async def test_an_opening_is_counted_on_disk(hass: HomeAssistant, store: RegisterStore) -> None:
    await store.add(GUEST)
    await store.use("guest")
    left = (await reloaded(hass)).register.get("guest")
    assert left is not None
    assert left.uses_left == 1
    await store.use("guest")
    await store.use("guest")
    assert store.register.get("guest") == Vehicle(
        id="guest", name="Guest", plate="GU555ST", uses_left=0
    )


async def test_openings_of_a_vehicle_without_a_count_write_nothing(
    store: RegisterStore, file: Path
) -> None:
    await store.add(ANNA)
    before = file.stat().st_mtime_ns
    await store.use("anna")
    assert file.stat().st_mtime_ns == before


async def test_an_opening_during_another_change_of_the_pass_counts_after_it(
    store: RegisterStore,
) -> None:
    await store.add(GUEST)
    disk = SlowDisk()
    with disk.in_place():
        updating = asyncio.create_task(
            store.update(Vehicle(id="guest", name="Guest", plate="GU555ST", uses_left=5))
        )
        await disk.writing.wait()
        await store.use("guest")
        disk.go_on.set()
        await updating
    guest = store.register.get("guest")
    assert guest is not None
    assert guest.uses_left == 5


async def test_fault_37_on_a_full_disk_nobody_new_passes_and_the_owner_is_told(
    hass: HomeAssistant, store: RegisterStore, issues: Callable[[], set[str]]
) -> None:
    with full_disk(), pytest.raises(RegisterNotSaved):
        await store.add(ANNA)
    assert names(store) == []
    assert issues() == {"register_not_saved"}
    await store.add(BEN)
    assert issues() == set()
    assert names(store) == names(await reloaded(hass)) == ["Ben"]


async def test_fault_37_on_a_full_disk_a_removed_vehicle_is_out_all_the_same(
    store: RegisterStore, issues: Callable[[], set[str]]
) -> None:
    await store.add(ANNA)
    with full_disk(), pytest.raises(RegisterNotSaved):
        await store.remove("anna")
    assert names(store) == []
    assert issues() == {"register_not_saved"}


async def test_fault_37_a_removal_that_is_not_written_can_be_asked_for_again_until_it_is(
    hass: HomeAssistant, store: RegisterStore, issues: Callable[[], set[str]]
) -> None:
    await store.add(ANNA)
    with full_disk():
        for _ in range(2):
            with pytest.raises(RegisterNotSaved):
                await store.remove("anna")
            assert store.held("anna") == ANNA
    await store.remove("anna")
    assert len((await reloaded(hass)).register) == 0
    assert issues() == set()
    assert store.held("anna") is None
    with pytest.raises(VehicleNotListed):
        await store.remove("anna")


async def test_fault_37_what_is_not_written_is_tried_again_every_minute(
    hass: HomeAssistant, store: RegisterStore, issues: Callable[[], set[str]]
) -> None:
    await store.add(ANNA)
    with full_disk():
        with pytest.raises(RegisterNotSaved):
            await store.remove("anna")
        await a_minute_later(hass)
    assert issues() == {"register_not_saved"}
    await a_minute_later(hass)
    assert issues() == set()
    assert len((await reloaded(hass)).register) == 0


async def test_fault_37_what_is_not_written_is_tried_a_last_time_when_home_assistant_stops(
    hass: HomeAssistant, store: RegisterStore
) -> None:
    await store.add(ANNA)
    with full_disk(), pytest.raises(RegisterNotSaved):
        await store.remove("anna")
    hass.bus.async_fire("homeassistant_final_write")
    await hass.async_block_till_done()
    assert len((await reloaded(hass)).register) == 0


async def test_fault_37_a_removed_vehicle_stays_out_over_a_reload_on_a_full_disk(
    hass: HomeAssistant, store: RegisterStore
) -> None:
    await store.add(ANNA)
    with full_disk():
        with pytest.raises(RegisterNotSaved):
            await store.remove("anna")
        assert not await store.close()
        await store.load()
        assert names(store) == []
    assert await store.close()
    assert names(await reloaded(hass)) == []


async def test_fault_37_a_change_that_is_not_written_keeps_the_vehicle_out_until_it_is(
    hass: HomeAssistant, store: RegisterStore
) -> None:
    await store.add(ANNA)
    changed = Vehicle(id="anna", name="Anna B", plate="AB123CD")
    with full_disk(), pytest.raises(RegisterNotSaved):
        await store.update(changed)
    assert names(store) == []
    await store.add(BEN)
    assert names(store) == names(await reloaded(hass)) == ["Anna B", "Ben"]


async def test_fault_37_a_used_opening_that_is_not_written_is_used_all_the_same(
    store: RegisterStore,
) -> None:
    await store.add(GUEST)
    with full_disk(), pytest.raises(RegisterNotSaved):
        await store.use("guest")
    guest = store.register.get("guest")
    assert guest is not None
    assert guest.uses_left == 1


async def test_fault_37_a_folder_that_cannot_be_made_is_a_failed_save(
    store: RegisterStore,
) -> None:
    with (
        patch("os.makedirs", side_effect=OSError(errno.EROFS, "read-only")),
        pytest.raises(RegisterNotSaved),
    ):
        await store.add(ANNA)
    assert names(store) == []


async def test_an_interrupted_write_leaves_the_list_before_it(
    hass: HomeAssistant, store: RegisterStore
) -> None:
    await store.add(ANNA)
    with (
        patch("atomicwrites.AtomicWriter.commit", side_effect=OSError(errno.EIO, "power cut")),
        pytest.raises(RegisterNotSaved),
    ):
        await store.add(BEN)
    assert names(await reloaded(hass)) == ["Anna"]


@pytest.mark.parametrize(
    "data",
    [
        [],
        "no list",
        {},
        {"vehicles": {}, "revision": 1},
        {"vehicles": [None], "revision": 1},
        {"vehicles": [vehicle_to_json(ANNA)]},
        {"vehicles": [vehicle_to_json(ANNA), vehicle_to_json(ANNA)], "revision": 1},
        {"vehicles": [vehicle_to_json(ANNA) | {"plate": "AB*"}], "revision": 1},
        {"vehicles": [vehicle_to_json(ANNA) | {"uses_left": -1}], "revision": 1},
        {"vehicles": [vehicle_to_json(ANNA)], "revision": "new"},
    ],
)
async def test_fault_36_a_list_that_makes_no_sense_is_kept_aside_and_the_list_is_empty(
    hass: HomeAssistant, file: Path, issues: Callable[[], set[str]], data: Any
) -> None:
    content = wrapped(data)
    write(file, content)
    store = await reloaded(hass)
    assert names(store) == []
    assert issues() == {"register_corrupt"}
    (aside,) = file.parent.glob("alpr_gate.register.corrupt.*")
    assert aside.read_text() == content
    assert not file.exists()
    await store.add(BEN)
    assert issues() == set()
    assert names(await reloaded(hass)) == ["Ben"]


@pytest.mark.parametrize("content", ["[]", "3", '"text"', '{"no": "version"}'])
async def test_fault_36_a_file_of_another_shape_is_kept_aside(
    hass: HomeAssistant, file: Path, issues: Callable[[], set[str]], content: str
) -> None:
    write(file, content)
    assert names(await reloaded(hass)) == []
    assert issues() == {"register_corrupt"}
    assert list(file.parent.glob("alpr_gate.register.corrupt.*"))


@pytest.mark.parametrize("content", [b"{ broken AB123CD", b"\xff\xfe\x00AB123CD"])
async def test_fault_36_a_file_that_is_no_json_is_kept_aside_by_home_assistant(
    hass: HomeAssistant, file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(file, content)
    store = await reloaded(hass)
    assert names(store) == []
    (aside,) = file.parent.glob("alpr_gate.register.corrupt.*")
    assert aside.read_bytes() == content
    assert any(
        issue_id.startswith("storage_corruption_alpr_gate.register")
        for _, issue_id in ir.async_get(hass).issues
    )
    await store.add(BEN)
    assert names(await reloaded(hass)) == ["Ben"]
    assert "AB123CD" not in caplog.text


async def test_fault_36_the_issue_is_there_again_after_a_restart(
    hass: HomeAssistant, file: Path
) -> None:
    write(file, wrapped({}))
    await reloaded(hass)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "register_corrupt")
    assert issue is not None
    assert issue.is_persistent


async def test_a_list_of_a_newer_version_is_left_alone_and_nothing_is_changed(
    hass: HomeAssistant, file: Path, issues: Callable[[], set[str]]
) -> None:
    content = wrapped({"new": "shape"}, version=99)
    write(file, content)
    store = await reloaded(hass)
    assert names(store) == []
    assert issues() == {"register_unreadable"}
    with pytest.raises(RegisterNotSaved):
        await store.add(BEN)
    assert names(store) == []
    assert file.read_text() == content


async def test_a_list_that_cannot_be_read_is_left_alone_and_nothing_is_changed(
    hass: HomeAssistant, file: Path, issues: Callable[[], set[str]]
) -> None:
    file.mkdir(parents=True)
    store = await reloaded(hass)
    assert issues() == {"register_unreadable"}
    with pytest.raises(RegisterNotSaved):
        await store.add(BEN)
    assert file.is_dir()


async def test_a_damaged_list_that_cannot_be_moved_is_left_alone(
    hass: HomeAssistant, file: Path, issues: Callable[[], set[str]]
) -> None:
    write(file, wrapped({}))
    with patch.object(Path, "rename", side_effect=OSError(errno.EROFS, "read-only")):
        store = await reloaded(hass)
    assert issues() == {"register_unreadable"}
    with pytest.raises(RegisterNotSaved):
        await store.add(BEN)
    assert file.exists()


async def test_a_change_while_home_assistant_stops_is_written_at_the_end(
    hass: HomeAssistant, store: RegisterStore, file: Path
) -> None:
    await store.add(ANNA)
    hass.set_state(CoreState.stopping)
    await store.remove("anna")
    assert names(store) == []
    hass.bus.async_fire("homeassistant_final_write")
    await hass.async_block_till_done()
    assert json.loads(file.read_text())["data"]["vehicles"] == []


async def test_no_plate_and_no_name_is_in_a_log_of_any_level(
    hass: HomeAssistant, store: RegisterStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await store.add(ANNA)
    await store.update(Vehicle(id="anna", name="Anna", plate="NE11WER"))
    with full_disk(), pytest.raises(RegisterNotSaved) as failed:
        await store.add(BEN)
    await store.remove("anna")
    for secret in ("AB123CD", "NE11WER", "XY987ZW"):
        assert secret not in caplog.text
        assert secret not in repr(failed.value)


@pytest.mark.parametrize("content", [wrapped({}), "{ broken AB123CD"])
async def test_a_list_that_is_erased_leaves_neither_its_file_nor_what_was_kept_aside(
    hass: HomeAssistant, file: Path, content: str
) -> None:
    write(file, content)
    store = await reloaded(hass)
    await store.add(BEN)
    write(file.with_name("alpr_gate.register_of_somebody"), "stays")
    assert len(list(file.parent.glob("alpr_gate.register*"))) == 3
    assert await erase_list(hass) is None
    assert [left.name for left in file.parent.glob("alpr_gate.*")] == [
        "alpr_gate.register_of_somebody"
    ]
    assert names(await reloaded(hass)) == []


async def test_erasing_a_list_that_was_never_written_is_no_mistake(
    hass: HomeAssistant, file: Path
) -> None:
    assert await erase_list(hass) is None


async def test_a_list_that_cannot_be_erased_is_said_to_lie_where_it_lies(
    hass: HomeAssistant, file: Path, store: RegisterStore
) -> None:
    await store.add(ANNA)
    with patch("os.unlink", side_effect=OSError(errno.EROFS, "Read-only file system")):
        assert await erase_list(hass) == file
    assert file.exists()
