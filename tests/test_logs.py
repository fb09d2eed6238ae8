"""No secret in a log line, at any level."""

import logging

import pytest

from idp.observe.logs import JsonFormatter, redact


@pytest.mark.parametrize(
    "line",
    [
        "token idps_abcdefghijklmnop1234 used", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "password=hunter2hunter2",
        "{'client_secret': 'topsecretvalue'}", "Cookie: abcdefsecretcookie", "code=SplxlOBeZQQYbYS6WxSbIA",
    ],
)  # fmt: skip
def test_au02_secrets_are_taken_out_of_log_lines(line):
    cleaned = redact(line)
    for secret in ("abcdefghijklmnop1234", "eyJzdWIiOiIxIn0", "hunter2", "topsecretvalue", "secretcookie", "SplxlOBe"):
        assert secret not in cleaned


def test_au03_a_log_line_stays_one_line():
    record = logging.LogRecord("idp", logging.INFO, "", 0, "user %s", ("a\nb\x1b[0m",), None)
    assert len(JsonFormatter().format(record).splitlines()) == 1


def test_t29_authlib_may_not_log_tokens(app):
    assert logging.getLogger("authlib").level >= logging.INFO
