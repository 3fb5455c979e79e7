"""The tables of the views. They hold pseudonyms and money, nothing personal."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Index,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    event,
)

SCHEMA_VERSION = 1
"""Raised when a table changes; views of another version are rebuilt."""

WRITING = "ofl_writing"
"""The execution option of a connection that is about to write."""

metadata = MetaData()

progress = Table(
    "progress",
    metadata,
    Column("schema_version", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("chain", String, nullable=False),
    Column("recorded_at", String, nullable=False),
)

line = Table(
    "line",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("agreement", String, nullable=False),
    Column("book", String, nullable=False),
    Column("role", String, nullable=False),
    Column("account", String, nullable=False),
    Column("counterparty", String, nullable=False),
    Column("value_date", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
)
Index(
    "line_by_account",
    line.c.book,
    line.c.role,
    line.c.agreement,
    line.c.account,
    line.c.counterparty,
    line.c.position,
    line.c.value_date,
    line.c.amount,
)

agreement = Table(
    "agreement",
    metadata,
    Column("agreement", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("signed_at", BigInteger, nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("people", Integer, nullable=False),
    Column("enrolled", Integer, nullable=False),
    Column("register_until", Date),
    Column("assessed_until", Date),
    Column("waiting", Integer, nullable=False),
    Column("cap", BigInteger),
    Column("guarantor", String),
    Column("guarantee", BigInteger),
)

party = Table(
    "party",
    metadata,
    Column("agreement", String, primary_key=True),
    Column("party", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("roles", String, nullable=False),
)

capital = Table(
    "capital",
    metadata,
    Column("agreement", String, primary_key=True),
    Column("investor", String, primary_key=True),
    Column("committed", BigInteger, nullable=False),
    Column("called", BigInteger, nullable=False),
    Column("paid_in", BigInteger, nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("claim", String, primary_key=True),
    Column("agreement", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("milestone_months", Integer, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("achieved", Boolean, nullable=False),
    Column("outcome_at", BigInteger, nullable=False),
    Column("entitlement_at", BigInteger),
    Column("total", BigInteger, nullable=False),
)

claim_part = Table(
    "claim_part",
    metadata,
    Column("claim", String, primary_key=True),
    Column("payer", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("payee", String, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

gain = Table(
    "gain",
    metadata,
    Column("claim", String, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("nights_counterfactual", Integer, nullable=False),
    Column("nights_actual", Integer, nullable=False),
    # Unrounded: text, as in the event.
    Column("state_gain", String, nullable=False),
    Column("municipal_gain", String, nullable=False),
)

payment = Table(
    "payment",
    metadata,
    Column("payment", String, primary_key=True),
    Column("agreement", String, nullable=False),
    Column("payer", String, nullable=False),
    Column("role", String, nullable=False),
    Column("payee", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("items", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("proposed_by", String, nullable=False),
    Column("approved_at", BigInteger),
    Column("approved_by", String),
    Column("sent_at", BigInteger),
    Column("sent_by", String),
    Column("sent_on", Date),
    Column("settled_at", BigInteger),
    Column("settled_on", Date),
)

payment_item = Table(
    "payment_item",
    metadata,
    Column("payment", String, primary_key=True),
    Column("entitlement_at", BigInteger, primary_key=True),
    Column("claim", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

bank_line = Table(
    "bank_line",
    metadata,
    Column("account", String, primary_key=True),
    Column("line", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reference", String, nullable=False),
    Column("text", String, nullable=False),
    Column("matched", String),
)


def open_views(path: Path) -> Engine:
    """An engine on the views' own file. They can be rebuilt, so NORMAL sync is enough."""
    # No pool: a connection kept open would go on reading the file that a rebuild replaced.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer takes the lock before it reads; a reader never waits for one.
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
