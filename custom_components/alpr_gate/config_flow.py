"""Sets the integration up: which engine reads. Gates and the list have flows of their own."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio as vol
from yarl import URL

from .alpr.engine.errors import EngineError
from .const import (
    CONF_ENGINE,
    CONF_MODELS_FOLDER,
    DOMAIN,
    ENGINE_PAGE,
    NAME,
    SUBENTRY_TYPE_GATE,
)
from .engine_process import EngineKind, EngineOptions, models_folder_at, probe
from .gate_flow import GateSubentryFlow
from .options_flow import OwnersListFlow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeassistant.config_entries import (
        ConfigEntry,
        ConfigFlowResult,
        ConfigSubentryFlow,
        OptionsFlow,
    )

_FAST_PLATE_OCR_PACKAGES = ("fast_plate_ocr", "open_image_models", "onnxruntime", "cv2")
_EXAMPLE_FOLDER = "alpr_models"
_EXAMPLE_URL = "http://192.168.1.20:8765"

_TOKEN = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_REMOTE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
        vol.Optional(CONF_TOKEN): _TOKEN,
    }
)
_REAUTH_SCHEMA = vol.Schema({vol.Required(CONF_TOKEN): _TOKEN})


class AlprGateConfigFlow(ConfigFlow, domain=DOMAIN):
    """Chooses the engine, tries it, and only then saves it."""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_TYPE_GATE: GateSubentryFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return OwnersListFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the engine of a new entry."""
        return await self._choose_engine(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose another engine, or the same one anew."""
        return await self._choose_engine(user_input)

    async def _choose_engine(self, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        runnable = await self.hass.async_add_executor_job(_runnable_engines)
        if user_input is not None:
            kind = EngineKind(user_input[CONF_ENGINE])
            if kind is EngineKind.REMOTE:
                return await self.async_step_remote()
            entered = user_input.get(CONF_MODELS_FOLDER, "").strip()
            folder = models_folder_at(self.hass, entered)
            if kind not in runnable:
                errors["base"] = "fast_plate_ocr_missing"
            elif folder and not await self.hass.async_add_executor_job(folder.is_dir):
                errors[CONF_MODELS_FOLDER] = "no_such_folder"
            elif problem := await self._problem_with(EngineOptions(kind, models_folder=folder)):
                errors["base"] = problem
            else:
                return self._save({CONF_ENGINE: kind.value, **_own_models(entered)})
        saved = self._saved()
        in_use = EngineKind(saved.get(CONF_ENGINE, EngineKind.BUILT_IN))
        return self.async_show_form(
            step_id="reconfigure" if self.source == SOURCE_RECONFIGURE else "user",
            data_schema=self.add_suggested_values_to_schema(
                _engine_schema(runnable | {in_use}),
                user_input
                or {CONF_ENGINE: in_use.value, **_own_models(saved.get(CONF_MODELS_FOLDER))},
            ),
            errors=errors,
            description_placeholders={"example_folder": _EXAMPLE_FOLDER},
        )

    async def async_step_remote(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where an engine of the owner's own runs."""
        errors: dict[str, str] = {}
        if user_input is not None:
            url = _engine_address(user_input[CONF_URL])
            if url is None:
                errors[CONF_URL] = "bad_url"
            else:
                token = user_input.get(CONF_TOKEN) or self._saved_token_for(url)
                problem = await self._problem_with(
                    EngineOptions(kind=EngineKind.REMOTE, url=url, token=token)
                )
                if problem is None:
                    return self._save(
                        {CONF_ENGINE: EngineKind.REMOTE.value, CONF_URL: url, CONF_TOKEN: token}
                    )
                errors["base"] = problem
        shown = user_input or {CONF_URL: self._saved().get(CONF_URL)}
        return self.async_show_form(
            step_id="remote",
            data_schema=self.add_suggested_values_to_schema(
                _REMOTE_SCHEMA, {CONF_URL: shown[CONF_URL]}
            ),
            errors=errors,
            description_placeholders={"example_url": _EXAMPLE_URL, "engine_page": ENGINE_PAGE},
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """The remote engine no longer takes the saved token."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a token that the remote engine takes."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            token = user_input[CONF_TOKEN]
            problem = await self._problem_with(
                EngineOptions(kind=EngineKind.REMOTE, url=entry.data[CONF_URL], token=token)
            )
            if problem is None:
                return self.async_update_and_abort(entry, data_updates={CONF_TOKEN: token})
            errors["base"] = problem
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH_SCHEMA,
            errors=errors,
            description_placeholders={"url": entry.data[CONF_URL]},
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first gate: an engine alone opens nothing."""
        gate_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_TYPE_GATE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, gate_flow["flow_id"])
        return result

    async def _problem_with(self, options: EngineOptions) -> str | None:
        """Try the engine; the key of the message that says why it cannot be used."""
        try:
            await probe(self.hass, options)
        except EngineError as error:
            return f"engine_{error.problem.value}"
        return None

    def _saved(self) -> Mapping[str, Any]:
        """What is in force while it is being changed; nothing for a new entry."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry().data
        return {}

    def _saved_token_for(self, url: str) -> str | None:
        """The saved token, but only for the server it was given for."""
        saved = self._saved()
        if CONF_URL in saved and URL(saved[CONF_URL]).origin() == URL(url).origin():
            token: str | None = saved.get(CONF_TOKEN)
            return token
        return None

    def _save(self, data: dict[str, Any]) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(self._get_reconfigure_entry(), data=data)
        return self.async_create_entry(title=NAME, data=data)


def _engine_schema(offered: set[EngineKind]) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_ENGINE): SelectSelector(
                SelectSelectorConfig(
                    options=[kind.value for kind in EngineKind if kind in offered],
                    mode=SelectSelectorMode.LIST,
                    translation_key="engine",
                )
            ),
            vol.Optional(CONF_MODELS_FOLDER): TextSelector(),
        }
    )


def _own_models(folder: str | None) -> dict[str, str]:
    """The owner's folder of models, if there is one: a form must not be handed None for it."""
    return {CONF_MODELS_FOLDER: folder} if folder else {}


def _runnable_engines() -> set[EngineKind]:
    """The engines whose packages are installed here; reads the disk."""
    kinds = set(EngineKind)
    if not all(find_spec(package) for package in _FAST_PLATE_OCR_PACKAGES):
        kinds.remove(EngineKind.FAST_PLATE_OCR)
    return kinds


def _engine_address(text: str) -> str | None:
    """The address in one spelling, or None when it is none an engine can have.

    Names and passwords do not belong into an address: it is shown, the token is not.
    """
    try:
        url = URL(text.strip())
        usable = url.scheme in {"http", "https"} and bool(url.host) and url.user is None
        return str(url.with_query(None).with_fragment(None)).rstrip("/") if usable else None
    except ValueError:
        return None
