"""Settings: read once, checked, shown without secrets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.settings import BadSetting, misspelt, read_settings, rows_of, variable_of


def test_everything_has_a_default_and_a_meaning() -> None:
    settings = read_settings({})
    assert settings.port == 8787
    assert settings.home == Path("./var")
    assert settings.store_url.endswith("/var/wardline.db")
    assert all(meaning for _, _, _, meaning in rows_of(settings))


def test_a_clock_without_a_zone_is_in_the_house_zone() -> None:
    frozen = read_settings({"WARDLINE_NOW": "2026-09-14T08:00"}).now
    assert frozen == datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
    assert read_settings({"WARDLINE_NOW": "2026-09-14T08:00Z"}).now == datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WARDLINE_PORT", "99999"),
        ("WARDLINE_PORT", "http"),
        ("WARDLINE_NOW", "next Tuesday"),
        ("WARDLINE_LOG", "loud"),
        ("WARDLINE_SEED", "-1"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"{variable} is '{value}'"):
        read_settings({variable: value})


def test_a_password_in_a_refused_address_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as problem:
        read_settings({"WARDLINE_DATABASE_URL": "mysql://someone:hunter2@db/wardline"})
    assert "hunter2" not in str(problem.value)
    assert "postgresql" in str(problem.value)


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    settings = read_settings(
        {
            "WARDLINE_API_KEY": "sk-very-secret",
            "WARDLINE_DATABASE_URL": "postgresql://wardline:hunter2@db/wardline",
        }
    )
    shown = f"{rows_of(settings)} {settings!r} {settings}"
    assert "sk-very-secret" not in shown
    assert "hunter2" not in shown
    assert settings.api_key.get_secret_value() == "sk-very-secret"


def test_an_unknown_variable_is_told_with_the_nearest_name() -> None:
    assert misspelt({"WARDLINE_PROT": "1", "WARDLINE_PORT": "1", "PATH": "/bin"}) == [
        "WARDLINE_PROT is not a setting and does nothing; did you mean WARDLINE_PORT?"
    ]


def test_an_empty_variable_means_the_default() -> None:
    assert read_settings({variable_of("port"): ""}).port == 8787


def test_a_frozen_clock_can_be_asked_for_later() -> None:
    assert read_settings({}).with_now("2026-09-14T08:00").now == datetime(2026, 9, 14, 13, 0, tzinfo=UTC)
    with pytest.raises(BadSetting, match="WARDLINE_NOW"):
        read_settings({}).with_now("yesterday")
