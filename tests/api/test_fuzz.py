"""Schemathesis over the document, as owner, as auditor and as nobody: whatever is sent, no 5xx, nothing that is not
documented, nothing beyond the permission, and nothing written that a schema does not name.

`IDP_TEST_API_FUZZ` says how many requests in all (180 without it; `make api-fuzz` sends 5,000): a third of them to any
operation, two thirds along the links of the document, where what is made is read, changed and deleted.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from idp.api.curl import example_of
from idp.api.routes import ROUTES
from tests.api.conftest import Api
from tests.api.fuzzing import TRIED, WHO, Fuzz, Walk, aim, assert_nothing_changed, call, known_to, try_beyond

REQUESTS = int(os.environ.get("IDP_TEST_API_FUZZ", "180"))
IS_SHORT = REQUESTS <= 180
BASE = "https://id.example.com/api/v1"
STEPS = 24


@pytest.fixture
def fuzz(callers, place, factory):
    return Fuzz(callers, place, factory)


@pytest.fixture
def schema(app):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", at_issuer(app), base_url=BASE)


def at_issuer(app):
    """The application at its own address, wherever a check of Schemathesis sends its own requests."""

    def serve(environment, start):
        return app({**environment, "HTTP_HOST": "id.example.com", "wsgi.url_scheme": "https"}, start)

    return serve


def quiet(examples, **more):
    return settings(
        max_examples=max(1, examples), deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), derandomize=IS_SHORT, **more,
    )  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_whatever_is_sent_is_answered_as_the_document_says(fuzz, schema, who):
    operations = [found.ok() for found in schema.get_all_operations()]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for operation in operations for mode in modes])

    @quiet(REQUESTS // len(WHO) // 3)
    @given(case=cases, known=st.booleans())
    def run(case, known):
        if known:
            aim(fuzz, case)
        try_beyond(fuzz, [who], case, mended=known)
        if not fuzz.is_beyond(who, case):
            call(fuzz, who, case, mended=known)

    run()


def test_what_is_made_is_read_changed_and_deleted_along_the_links(fuzz, schema, capsys):
    """What an owner makes, the others then try to get at: each step is tried by them first, and then made to happen."""
    wanted = REQUESTS * 2 // 3
    fuzz.remember()
    schema.config.phases.stateful.inference.algorithms = []  # the document's own links are what is walked
    machine = type("Machine", (Walk, schema.as_state_machine()), {"fuzz": fuzz})
    while fuzz.calls < wanted:
        machine.run(
            settings=quiet((wanted - fuzz.calls) // len(WHO) // (6 if IS_SHORT else STEPS), stateful_step_count=STEPS)
        )
        if IS_SHORT:
            break
    if not IS_SHORT:
        never = sorted({route.endpoint for route in ROUTES} - fuzz.done)
        with capsys.disabled():
            print(f"\n{fuzz.calls} requests along the links; never done by an owner: {', '.join(never)}")
    assert fuzz.calls


def test_no_route_writes_what_its_schema_does_not_name(fuzz, app, place):
    owner = Api(app, fuzz.value_of("owner"))
    before = fuzz.rows()
    for route in [route for route in ROUTES if route.body]:
        for name in TRIED.keys() - known_to(route):
            body = {**example_of(route), name: TRIED[name]}
            headers = owner.etag(place.path(route)) if route.versioned else {}
            refused = owner(route.method, place.path(route), body, headers=headers)
            assert refused.status_code == 422, (route, name, refused.text)
            assert refused.json["errors"][0]["field"].startswith(name)
    assert_nothing_changed(before, fuzz.rows())
