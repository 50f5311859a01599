"""Settings: the environment and `frontdesk.toml` become one frozen object, or a clear error.

The environment wins over the file. Names without the prefix `FRONTDESK_` are the ones that others
(Slack, Anthropic, a process host) already use.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.settings.audit import AuditSettings
from bot.settings.engine import EngineSettings
from bot.settings.fields import Listed, listed, named
from bot.settings.people import PeopleSettings
from bot.settings.plugins import PluginSettings
from bot.settings.tickets import TicketSettings
from bot.settings.web import WebSettings
from frontdesk import SettingsError

FILE = Path("frontdesk.toml")
PREFIX = "FRONTDESK_"
SECRET = f"{PREFIX}SECRET_"
"""What variables with secrets of plugins begin with; their names are the plugins' own."""


class Settings(
    PeopleSettings, TicketSettings, AuditSettings, WebSettings, EngineSettings, PluginSettings
):
    """All that can be set. Every field says what it is for; `frontdesk doctor` prints them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # as process hosts and compose files leave what is not given
        toml_file=FILE,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
    )

    database_url: str = Field(
        "sqlite:///frontdesk.db", description="where tickets and the audit trail are kept"
    )
    keys: Path | None = Field(
        None, description="folder of the keys that must not be in the database"
    )
    cache: Path = Field(
        Path(platformdirs.user_cache_dir("frontdesk")), description="folder of what can be rebuilt"
    )
    knowledge: Path | None = Field(
        None, description="your own articles: a folder with one folder per specialist"
    )
    disabled_plugins: Listed = Field((), description="plugins not to load, separated by commas")
    plugin_private_hosts: Listed = Field(
        (), description="hosts at private addresses that plugins with a grant may reach"
    )
    plugin_sources: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(listed)] = Field(
        (), description="folders with sources of plugins to load besides the installed ones"
    )
    plugin_seconds: float = Field(10.0, gt=0, description="how long a plugin may take to load")
    answer_seconds: float = Field(60.0, gt=0, description="how long a specialist may take")
    answers_in_flight: int = Field(
        256, ge=1, description="answers of one specialist at once in this process"
    )
    route_go: float = Field(0.7, ge=0, le=1, description="confidence from which a specialist acts")
    route_ask: float = Field(0.5, ge=0, le=1, description="confidence from which the desk asks")
    questions: int = Field(3, ge=0, description="clarifying questions a ticket, then a human")
    allowed_hosts: Listed = Field(
        (), description="hosts that replies may link to besides those of cited articles"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "WARNING", description="from which level on to log"
    )
    port: int = named("PORT", default=3000, description="where the web process listens")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """Read all settings.

    Raises:
        SettingsError: one is wrong; the text names it, says what is wrong and where it is set.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = [f"{_place(p['loc'])}: {p['msg'].lower()}" for p in error.errors()]
        raise SettingsError("settings: " + "; ".join(problems)) from error
    except ValueError as error:
        raise SettingsError(f"{FILE} cannot be read: {error}") from error


def origin(name: str, settings: Settings) -> str:
    """Where a setting's value comes from: the environment, the file, or the default."""
    for variable in (f"{PREFIX}{name}".upper(), name.upper()):
        if variable in os.environ:
            return variable
    return str(FILE) if name in settings.model_fields_set else "default"


def unknown_variables() -> list[str]:
    """Variables that begin like ours and set nothing: most likely misspelt."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not name.startswith(SECRET)
    )


def _place(path: tuple[int | str, ...]) -> str:
    name = str(path[0]) if path else "settings"
    variable = f"{PREFIX}{name}".upper()
    return variable if variable in os.environ else name
