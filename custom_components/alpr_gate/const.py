"""Names shared by the Home Assistant side: the domain and the keys of what is saved."""

from typing import Final

DOMAIN: Final = "alpr_gate"
NAME: Final = "ALPR Gate"
MODEL_CARD: Final = (
    "https://github.com/alpr-gate/alpr-gate/blob/main"
    "/custom_components/alpr_gate/alpr/vision/models/MODEL_CARD.md"
)
"""What the models were trained on, and how often they err."""
ENGINE_PAGE: Final = "https://github.com/alpr-gate/alpr-gate/blob/main/docs/engine.md"
"""What an engine is, and how to run one on another machine."""
PRIVACY_PAGE: Final = "https://github.com/alpr-gate/alpr-gate/blob/main/docs/privacy.md"
"""What is kept, who may look, and how that is proved."""

SUBENTRY_TYPE_GATE: Final = "gate"

# Entry data. The address and the token use Home Assistant's own CONF_URL and CONF_TOKEN.
CONF_ENGINE: Final = "engine"
CONF_MODELS_FOLDER: Final = "models_folder"

# Data of a gate's subentry; its name is the subentry's title.
CONF_CAMERAS: Final = "cameras"
CONF_TRIGGERS: Final = "triggers"
CONF_INTERVAL: Final = "interval"
CONF_ZONE: Final = "zone"
CONF_BURST_RATE: Final = "burst_rate"
CONF_BURST_LENGTH: Final = "burst_length"
CONF_OPENER: Final = "opener"
CONF_GATE_ENTITY: Final = "gate_entity"
CONF_OBSTRUCTION_ENTITY: Final = "obstruction_entity"
CONF_SECOND_FACTOR_ENTITIES: Final = "second_factor_entities"

# Data of a gate's subentry that is a field of ``alpr.gate.settings.GateSettings`` of the same name.
# The numbers among them are listed in gate_form.py.
CONF_EXIT_ALLOWED: Final = "exit_allowed"
CONF_SECOND_FACTOR: Final = "second_factor"
CONF_SECOND_FACTOR_SECONDS: Final = "second_factor_seconds"
CONF_TOGGLE_OPENER: Final = "toggle_opener"
CONF_SHADOW: Final = "shadow"

DEFAULT_BURST_RATE: Final = 4.0
"""Snapshots a second from each camera."""
DEFAULT_BURST_LENGTH: Final = 10.0
"""Seconds a burst lasts after the last trigger."""

# Sections of the gate's form; saved data is flat.
SECTION_LOOKING: Final = "looking"
SECTION_PROOF: Final = "proof"
SECTION_PLATE: Final = "plate"
SECTION_CONFIRMATION: Final = "confirmation"

# The owner's list
CONF_VEHICLE_ID: Final = "vehicle_id"
SECTION_TIMES: Final = "times"
SECTION_GUEST: Final = "guest"

# Actions
CONF_APPROVED_REQUEST: Final = "request_id"
CONF_GATE: Final = "gate"
CONF_VISIT: Final = "visit"
SERVICE_ADD_VEHICLE: Final = "add_vehicle"
SERVICE_UPDATE_VEHICLE: Final = "update_vehicle"
SERVICE_REMOVE_VEHICLE: Final = "remove_vehicle"
SERVICE_LIST_VEHICLES: Final = "list_vehicles"
SERVICE_SCAN: Final = "scan"
SERVICE_ENTER_CODE: Final = "enter_code"

# Repair issues raised by the owner's list
ISSUE_REGISTER_CORRUPT: Final = "register_corrupt"
ISSUE_REGISTER_NOT_SAVED: Final = "register_not_saved"
ISSUE_REGISTER_UNREADABLE: Final = "register_unreadable"
