"""The database: one model base, UTC datetimes, and the only way to write."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Engine, Executable, Integer, MetaData, Row, event, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class _Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMING)


db = SQLAlchemy(model_class=_Base)
if TYPE_CHECKING:

    class Base(DeclarativeBase):
        """The base of every table."""

else:
    Base = db.Model
RowNumber = BigInteger().with_variant(Integer, "sqlite")
"""The type of a growing row number: SQLite grows only INTEGER keys by itself."""


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC in the database, on every engine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes and store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime even where the engine forgot the zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WriteOutsideTransaction(RuntimeError):
    """Something tried to write without `transaction()`."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Write everything inside or nothing; joins an outer transaction, commits at the end of the outermost.

    It begins with a fresh view of the database: what was read before is read again when touched.
    """
    session = db.session()
    if "write_transaction" in g:
        yield session
        return
    session.rollback()
    if_undone: list[Callable[[], None]] = []
    g.write_transaction = if_undone
    try:
        session.connection(execution_options={"idp_write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        g.pop("write_transaction")
        for act in if_undone:
            act()
        raise
    finally:
        g.pop("write_transaction", None)


def when_undone(act: Callable[[], None]) -> None:
    """Do something after the present transaction was undone, and nothing if it is committed."""
    g.write_transaction.append(act)


def release_connection() -> None:
    """Give the connection back before something that takes long, another host or a picture: there are few of them.

    What was read before is read again when it is touched. Inside `transaction()` it stays, and nothing happens.
    """
    if not is_writing():
        db.session.rollback()


@contextmanager
def single_statements() -> Iterator[Connection]:
    """Lend a connection on which every statement is its own transaction: one round trip each, for the hot paths.

    It sees what is committed and nothing of a `transaction()` that is open.
    """
    with db.engine.connect() as connection:
        options = {"isolation_level": "AUTOCOMMIT"} if is_postgresql(connection) else {"idp_single": True}
        yield connection.execution_options(**options)


def read(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """Read rows: inside the present transaction, or else what is committed, in a single round trip."""
    if is_writing():
        return db.session.execute(statement, parameters).all()
    with single_statements() as connection:
        return connection.execute(statement, parameters).all()


def write(statement: Executable) -> Sequence[Row[Any]]:
    """Run one writing statement: inside the present transaction, or else committed by itself in a single round trip."""
    if is_writing():
        return _rows(db.session.execute(statement, execution_options={"synchronize_session": False}))
    with single_statements() as connection:
        return _rows(connection.execute(statement))


def _rows(result: Any) -> Sequence[Row[Any]]:
    # A result that the ORM has wrapped does not say, and always has rows.
    return result.all() if getattr(result, "returns_rows", True) else []


def skip_numbers(table: str, last: int) -> None:
    """Let the row numbers of a table go on after `last`, the highest that a row has, inside the present transaction."""
    if is_postgresql():
        db.session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"), {"table": table, "last": last}
        )


def is_writing() -> bool:
    """Tell whether the caller stands inside `transaction()`."""
    return "write_transaction" in g


def init_app(app: Flask, url: str, *, pool_size: int, statement_timeout_ms: int) -> None:
    """Bind the database to an application and teach its engine our manners."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(
        url, pool_size=pool_size, statement_timeout_ms=statement_timeout_ms
    )
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)


def _engine_options(url: str, *, pool_size: int, statement_timeout_ms: int) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15}}
    options = f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={statement_timeout_ms} -c timezone=UTC"
    return {
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_timeout": 5,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
        "connect_args": {"connect_timeout": 3, "options": options},
    }


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late for a consistent read; ours is in _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: an upgrade from a read would fail without waiting.
    options = connection.get_execution_options()
    if options.get("idp_single"):
        return  # without BEGIN, SQLite commits each statement by itself
    write = options.get("idp_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: Any, _instances: Any) -> None:
    if (session.new or session.dirty or session.deleted) and "write_transaction" not in g:
        raise WriteOutsideTransaction("use idp.core.db.transaction()")


def is_postgresql(bind: Engine | Connection | None = None) -> bool:
    """Tell whether the database is PostgreSQL."""
    return (bind or db.engine).dialect.name == "postgresql"


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statements(state: Any) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and "write_transaction" not in g:
        raise WriteOutsideTransaction("use idp.core.db.transaction()")
