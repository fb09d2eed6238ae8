"""Schemathesis over the document, as owner, as auditor and as nobody: whatever is sent, no 5xx, nothing that is not
documented, and nothing beyond the permission.

`IDP_TEST_API_FUZZ` says how many requests in all (150 without it; `make api-fuzz` sends 5,000).
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from idp.api.routes import ROUTES

REQUESTS = int(os.environ.get("IDP_TEST_API_FUZZ", "150"))
BASE = "https://id.example.com/api/v1"
BEYOND_A_SCHEMA = [checks.positive_data_acceptance]
"""What fits its schema may still be refused: a name that is taken, an address that goes nowhere."""
WHO = ("owner", "auditor", "nobody")


@pytest.fixture
def place_of(callers, place, factory):
    """The three callers with keys of their own, and ids that exist beside those that nobody has."""
    auditor = factory.user("auditor@example.com", roles=("auditor",))
    held = [route.permission for route in ROUTES if route.permission.endswith(".read")]
    keys = {"owner": callers.owner().key, "auditor": callers.key(auditor, held), "nobody": None}
    return keys, set(held)


def known_ids(place):
    names = ("client_id", "secret_id", "role_id", "group_id", "api_id", "permission_id", "session_id", "event_id")
    return {**{name: getattr(place, name) for name in names}, "user_id": place.victim}


def at_issuer(app):
    """The application at its own address, wherever a check of Schemathesis sends its own requests."""

    def serve(environment, start):
        return app({**environment, "HTTP_HOST": "id.example.com", "wsgi.url_scheme": "https"}, start)

    return serve


@pytest.mark.parametrize("who", WHO)
def test_whatever_is_sent_is_answered_as_the_document_says(app, place, place_of, who):
    keys, held = place_of
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", at_issuer(app), base_url=BASE)
    operations = [found.ok() for found in schema.get_all_operations()]
    ids = known_ids(place)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for operation in operations for mode in modes])

    @settings(
        max_examples=max(1, REQUESTS // len(WHO)), deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), derandomize=REQUESTS <= 150,
    )  # fmt: skip
    @given(case=cases, known=st.booleans())
    def run(case, known):
        if known:
            case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = '"1"'
        headers = {"Authorization": f"Bearer {keys[who]}"} if keys[who] else {}
        sent_its_own = "authorization" in {name.lower() for name in case.headers or {}}
        response = case.call(headers=headers)
        # What was wrong by design may have been put right here: then it is no longer wrong.
        mended = [checks.negative_data_rejection] if known or sent_its_own else []
        case.validate_response(response, headers=headers, excluded_checks=[*BEYOND_A_SCHEMA, *mended])
        permission = case.operation.definition.raw["x-permission"]
        if who == "nobody":
            assert response.status_code in {401, 404, 405}
        elif who == "auditor" and permission not in held:
            assert response.status_code in {403, 404, 405}

    run()
