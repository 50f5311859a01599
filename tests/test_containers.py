"""Dockerfile, compose file and Procfile name what is there, run as nobody and hold no secrets."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import COMMANDS
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("release", "web", "worker", "clock")


@pytest.fixture
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return parsed


def instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    return re.findall(rf"^{name} +(.*)$", joined, flags=re.MULTILINE)


def test_everything_that_is_copied_is_there_and_let_into_the_build() -> None:
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in let_in
    for copied in instructions("COPY"):
        if copied.startswith("--from"):
            continue
        for name in copied.split()[:-1]:
            assert (ROOT / name).exists(), name
            assert f"!{name}" in let_in, name


def test_image_runs_as_nobody_with_pinned_packages_from_no_named_registry() -> None:
    assert instructions("USER") == ["frontdesk"]
    assert "--require-hashes" in DOCKERFILE
    assert not re.search(r"https?://|index-url|trusted-host", DOCKERFILE)


def test_settings_in_the_files_are_settings_of_the_desk(compose: dict[str, Any]) -> None:
    known = {f"FRONTDESK_{name}".upper() for name in Settings.model_fields}
    known |= {name.upper() for name in Settings.model_fields}
    known |= {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    known |= {"PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR", "PIP_ROOT_USER_ACTION"}
    used = re.findall(r"(?:^ENV|^) +([A-Z_]+)=", DOCKERFILE, flags=re.MULTILINE)
    used += [name for one in OURS for name in compose["services"][one]["environment"]]
    assert len(used) > len(OURS)
    assert set(used) - known == set()


def test_compose_runs_the_procfiles_processes(compose: dict[str, Any]) -> None:
    procfile = dict(
        line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line
    )
    commands = {name for name, _, _ in COMMANDS}
    assert ("release", *procfile) == OURS
    upgrade = " ".join(("frontdesk", *compose["services"]["release"]["command"]))
    for name in OURS:
        service = compose["services"][name]
        served = " ".join(("frontdesk", *service["command"]))
        assert name == "release" or procfile[name] == f"{upgrade} && exec {served}"
        assert service["command"][0] in commands
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert compose["services"]["worker"]["deploy"]["replicas"] == 2


def test_keys_are_kept_apart_from_the_database(compose: dict[str, Any]) -> None:
    assert set(compose["volumes"]) == {"database", "keys", "cache"}
    for name in ("web", "worker", "clock"):
        assert "keys:/data/keys" in compose["services"][name]["volumes"]
    kept = compose["services"]["postgres"]["volumes"]
    assert not [volume for volume in kept if volume.startswith("keys")]


def test_processes_wait_for_the_schema_and_get_time_to_stop(compose: dict[str, Any]) -> None:
    grace = Settings.model_fields["shutdown_seconds"].default
    for name in ("web", "worker", "clock"):
        service = compose["services"][name]
        condition = service["depends_on"]["release"]["condition"]
        assert condition == "service_completed_successfully"
        assert int(service["stop_grace_period"].removesuffix("s")) > grace + 20
        assert "/healthz" in service["healthcheck"]["test"][-1]


def test_no_secret_stands_in_the_compose_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if any(word in name for word in ("TOKEN", "SECRET", "PASSWORD", "KEY")):
                assert str(value).startswith(("${", "/data/")), name
