"""The shapes of imports of people."""

from typing import Annotated

from pydantic import Field

from idp.api.schemas.common import Body, Short, Text, Texts, Told

Cell = bool | Text | Texts | None
Row = Annotated[dict[Short, Cell], Field(max_length=50)]


class ImportNew(Body):
    """People to bring in, in the columns of `idp import users`; larger crowds come by the command line."""

    rows: Annotated[list[Row], Field(min_length=1, max_length=1000)]
    invite: bool = False
    """Whether those who come without a password are mailed an invitation."""


class ImportProblem(Told):
    """What is wrong with a row; `line` is its number, from 1 on."""

    line: int
    column: str
    reason: str
    fix: str


class Import(Told):
    """An import: what it would do while it is a draft, and what it has done since."""

    id: str
    state: str
    total: int
    done: int
    create: int
    update: int
    skip: int
    error: int
    problems: list[ImportProblem]
