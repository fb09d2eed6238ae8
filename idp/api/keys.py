"""Signing keys: next, active, verify-only, retired; and what can be done with them."""

from typing import Any

from idp.api.routes import route
from idp.api.schemas import access as schemas
from idp.api.schemas.common import Page
from idp.audit.tags import Tag
from idp.keyring import service
from idp.keyring.models import SigningKey

READ, WRITE = "admin.keys.read", "admin.keys.write"


def _read_key(body: schemas.KeyImport) -> SigningKey:
    return service.read_key(body.pem.encode(), **body.model_dump(exclude={"pem"}))


@route("POST", "/keys/import", WRITE, "Publish a key that was made elsewhere", body=schemas.KeyImport,
       answer=schemas.Key, status=201, event=Tag.KEY_IMPORTED, sudo=True, prepare=_read_key,
       says_more="It signs next or, with `verify_only`, nothing. No answer ever holds its private half.")  # fmt: skip
def import_key(ready: SigningKey) -> Any:
    return _told(service.adopt(ready))


@route("GET", "/keys", READ, "List signing keys", answer=Page[schemas.Key])
def list_keys() -> Any:
    return Page[schemas.Key](items=[_told(row) for row in service.list_keys()])


@route("POST", "/keys/next", WRITE, "Publish the next key", answer=schemas.Key, event=Tag.KEY_CREATED, sudo=True)
def next_key() -> Any:
    return _told(service.prepare_next())


@route("POST", "/keys/promote", WRITE, "Let the next key sign", answer=schemas.Key, event=Tag.KEY_PROMOTED, sudo=True)
def promote_key() -> Any:
    return _told(service.promote())


@route("POST", "/keys/<kid>/retire", WRITE, "Refuse everything a key has signed", body=schemas.KeyRetirement,
       answer=schemas.Key, event=Tag.KEY_RETIRED, sudo=True,
       says_more="Of a key that signs no more; while its tokens may be alive only with `at_once`.")  # fmt: skip
def retire_key(kid: str, body: schemas.KeyRetirement) -> Any:
    service.retire(kid, at_once=body.at_once)
    return _told(service.get_key(kid))


@route("POST", "/keys/emergency", WRITE, "Refuse every key and begin with a new one", answer=schemas.Key,
       event=Tag.KEY_PROMOTED, sudo=True,
       says_more="For when a private key may be in other hands: every token that is out there is refused.")  # fmt: skip
def emergency() -> Any:
    return _told(service.rotate(emergency=True))


def _told(row: SigningKey) -> schemas.Key:
    told = {name: getattr(row, name, None) for name in schemas.Key.model_fields}
    told |= {"tokens_since": service.tokens_since(row), "tokens_until": service.tokens_until(row)}
    return schemas.Key.model_validate(told)
