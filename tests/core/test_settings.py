"""Settings: every source, every unit, all problems at once."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from idp import ConfigurationError, create_app
from idp.core.settings import Settings


def test_sources_in_their_order(tmp_path, monkeypatch):
    (tmp_path / "idp.toml").write_text(
        'issuer = "https://file.example.com"\n[sessions]\nidle = "10m"\nabsolute = "5h"\n'
    )
    (tmp_path / "url").write_text("postgresql://db/idp\n")
    monkeypatch.setenv("IDP_CONFIG", str(tmp_path / "idp.toml"))
    monkeypatch.setenv("IDP_DATABASE__URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("IDP_SESSIONS__IDLE", "20m")
    monkeypatch.setenv("IDP_FEATURES__DEVICE_FLOW", "off")
    config = Settings()
    assert config.issuer == "https://file.example.com"
    assert config.sessions.idle == timedelta(minutes=20)
    assert config.sessions.absolute == timedelta(hours=5)
    assert config.database_url == "postgresql+psycopg://db/idp"
    assert config.features == {"device_flow": False}


def test_an_unknown_key_is_refused(tmp_path, monkeypatch):
    (tmp_path / "idp.toml").write_text('isuer = "https://id.example.com"\n[sessions]\nidel = "10m"\n')
    monkeypatch.setenv("IDP_CONFIG", str(tmp_path / "idp.toml"))
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert {error["loc"] for error in refused.value.errors()} == {("isuer",), ("sessions", "idel")}


@pytest.mark.parametrize(
    "issuer",
    [
        "", "id.example.com", "http://id.example.com", "https://id.example.com/", "https://id.example.com/x",
        "https://id.example.com?x=1",
    ],
)  # fmt: skip
def test_f17_an_unfit_issuer_stops_the_start(issuer):
    with pytest.raises(ConfigurationError, match="issuer"):
        create_app(Settings(issuer=issuer, mail={"url": "smtp://localhost"}))


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigurationError) as refused:
        create_app(Settings(issuer="http://id.example.com"))
    assert len(str(refused.value).splitlines()) == 2


def test_development_accepts_http_on_loopback_only():
    assert Settings(mode="development", issuer="http://localhost:8000").problems() == []
    assert Settings(mode="development", issuer="http://id.example.com").problems()
