"""What the owner does in the web page: adds camera and integration, and fills in the forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .hub import HubError

if TYPE_CHECKING:
    from pathlib import Path

    from .hub import Hub, Json

CAMERA = "camera.street"
GATE = "cover.demo_gate"
CAR_SENSED = "input_boolean.car_sensed"
DRIVEWAY_SENSOR = "binary_sensor.driveway_sensor"
GATE_NAME = "Front gate"
PAGE = "front-gate"
"""Path of the page that shows the gate."""


@dataclass(frozen=True, slots=True)
class GateEntities:
    """Entity ids that the integration made for the gate."""

    event: str
    image: str
    by_key: dict[str, str]
    """Entity id by "platform.translation_key"."""


async def add_camera(hub: Hub, picture: Path) -> None:
    """Add the street camera: Home Assistant's own "Local file" camera on ``picture``."""
    await _fill_in(hub, await hub.config_flow("local_file"), {"file_path": str(picture)})


async def add_integration(hub: Hub, engine: Json) -> str:
    """Add ALPR Gate with the answers ``engine`` to its first form; returns the entry's id."""
    made = await _fill_in(hub, await hub.config_flow("alpr_gate"), engine)
    return str(made["result"]["entry_id"])


async def add_gate(hub: Hub, entry_id: str, **answers: object) -> None:
    """Add the front gate: street camera, driveway sensor, the demo gate as opener."""
    form = {
        "name": GATE_NAME,
        "cameras": [CAMERA],
        "triggers": [DRIVEWAY_SENSOR],
        "opener": [{"action": "cover.open_cover", "target": {"entity_id": GATE}}],
        "gate_entity": GATE,
        "shadow": False,
        **answers,
    }
    await _fill_in(hub, await hub.subentry_flow(entry_id, "gate"), form, subentry=True)


async def _fill_in(hub: Hub, step: Json, answers: Json, *, subentry: bool = False) -> Json:
    """Answer a flow's steps from ``answers``, field by field; raises HubError if refused."""
    while step["type"] in ("form", "menu"):
        if step["type"] == "menu":
            chosen = next(key for key in step["menu_options"] if key in answers.values())
            step = await hub.answer_flow(step, {"next_step_id": chosen}, subentry=subentry)
            continue
        if step.get("errors"):
            raise HubError(f"The form {step['step_id']!r} was refused: {step['errors']}")
        filled = _answers_to(step["data_schema"], answers)
        step = await hub.answer_flow(step, filled, subentry=subentry)
    if step["type"] != "create_entry":
        raise HubError(f"The flow ended with {step['type']}: {step.get('reason')}")
    return step


def _answers_to(schema: list[Json], answers: Json) -> Json:
    """The part of ``answers`` that a form asks for, sections included."""
    filled: dict[str, Any] = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            filled[name] = _answers_to(field["schema"], answers)
        elif name in answers:
            filled[name] = answers[name]
        elif field.get("required") and "default" in field:
            filled[name] = field["default"]
    return filled


async def find_entities(hub: Hub) -> GateEntities:
    """Look up what the integration made for the gate; raises HubError when something is missing."""
    by_key: dict[str, str] = {}
    for entity in await hub.command("config/entity_registry/list"):
        if entity["platform"] == "alpr_gate" and entity["disabled_by"] is None:
            platform = entity["entity_id"].partition(".")[0]
            by_key[f"{platform}.{entity['translation_key']}"] = entity["entity_id"]
    events = [entity for key, entity in by_key.items() if key == "event.passage"]
    images = [entity for key, entity in by_key.items() if key.startswith("image.")]
    if len(events) != 1 or len(images) != 1:
        raise HubError(f"The gate has not the entities expected of it: {sorted(by_key)}")
    return GateEntities(events[0], images[0], by_key)


async def add_vehicle(hub: Hub, name: str, plate: str, **more: object) -> Json:
    """Put a vehicle on the owner's list; the answer shows the plate as it was understood."""
    vehicle = {"name": name, "plate": plate, **more}
    return await hub.action("alpr_gate", "add_vehicle", vehicle, answers=True)


async def arrange_dashboard(hub: Hub, entities: GateEntities) -> None:
    """Make a page of what matters, so that a person can look around; it is in the side bar."""
    shown = [
        GATE,
        entities.event,
        *(value for key, value in sorted(entities.by_key.items()) if not key.startswith("image.")),
        CAR_SENSED,
    ]
    cards: list[Json] = [
        {
            "type": "picture-entity",
            "entity": CAMERA,
            "camera_view": "auto",
            "name": "Street camera",
        },
        {"type": "picture-entity", "entity": entities.image, "name": "Last evidence"},
        {"type": "entities", "title": GATE_NAME, "entities": list(dict.fromkeys(shown))},
        {
            "type": "logbook",
            "title": "What happened",
            "target": {"entity_id": [GATE, entities.event]},
        },
    ]
    view = {"title": "ALPR Gate", "path": "gate", "cards": cards}
    await hub.command(
        "lovelace/dashboards/create",
        url_path=PAGE,
        title="Front gate",
        icon="mdi:gate",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    config = {"title": "Demonstration", "views": [view]}
    await hub.command("lovelace/config/save", url_path=PAGE, config=config)
