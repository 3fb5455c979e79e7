"""The tables of the views. They hold pseudonyms and money, nothing personal."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

SCHEMA_VERSION = 4
"""Raised when a table changes; views of another version are rebuilt."""

TEXT = String().with_variant(String(collation="C"), "postgresql")
"""Text in the order of its bytes, on every engine and machine."""

metadata = MetaData()

progress = Table(
    "progress",
    metadata,
    Column("schema_version", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("chain", TEXT, nullable=False),
    Column("recorded_at", TEXT, nullable=False),
    # Lines of the journal that are in no running total yet.
    Column("lines_since_total", BigInteger, nullable=False, default=0),
)

account = Table(
    "account",
    metadata,
    # By the order in which they first moved.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("book", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("agreement", TEXT, nullable=False),
    Column("account", TEXT, nullable=False),
    Column("counterparty", TEXT, nullable=False),
)
Index(
    "account_by_words",
    account.c.book,
    account.c.role,
    account.c.agreement,
    account.c.account,
    account.c.counterparty,
    account.c.id,
    unique=True,
)
Index("account_by_agreement", account.c.agreement)

line = Table(
    "line",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("agreement", TEXT, nullable=False),
    Column("book", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("account", TEXT, nullable=False),
    Column("counterparty", TEXT, nullable=False),
    Column("value_date", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    # The day in whose period it is booked: the value date, or later if that period was closed.
    Column("booked_on", Date, nullable=False),
    Column("account_id", Integer, nullable=False),
)
# Both hold all that a balance needs, so that the table itself is not read.
Index("line_by_account", line.c.account_id, line.c.position, line.c.value_date, line.c.amount)
Index("line_by_value_date", line.c.value_date, line.c.position, line.c.account_id, line.c.amount)

total = Table(
    "total",
    metadata,
    # Where running totals are kept, and the median value date of the lines since those before.
    Column("position", BigInteger, primary_key=True),
    Column("counts_on", Date, nullable=False),
)

running_total = Table(
    "running_total",
    metadata,
    # What every account has moved up to a position, whatever the value date.
    Column("position", BigInteger, primary_key=True),
    Column("account_id", Integer, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
)

period = Table(
    "period",
    metadata,
    Column("closed_at", BigInteger, primary_key=True),
    Column("period", TEXT, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("covers", BigInteger, nullable=False),
    Column("trial_balance", TEXT, nullable=False),
    Column("reopened_at", BigInteger),
)

version = Table(
    "version",
    metadata,
    # The versions of an agreement's terms, and of a table of rules.
    Column("kind", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("counts_from", Date, nullable=False),
)

agreement = Table(
    "agreement",
    metadata,
    Column("agreement", TEXT, primary_key=True),
    Column("title", TEXT, nullable=False),
    Column("currency", TEXT, nullable=False),
    Column("signed_at", BigInteger, nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("people", Integer, nullable=False),
    Column("enrolled", Integer, nullable=False),
    Column("erased", Integer, nullable=False),
    Column("erased_on", Date),
    Column("register_until", Date),
    Column("assessed_until", Date),
    Column("waiting", Integer, nullable=False),
    Column("cap", BigInteger),
    Column("guarantor", TEXT),
    Column("guarantee", BigInteger),
    # Who is bound to continue the programme, by which metric (all if none), and from which share.
    Column("continues", TEXT),
    Column("continues_metric", TEXT),
    Column("continues_at_least", TEXT),
)

capital = Table(
    "capital",
    metadata,
    Column("agreement", TEXT, primary_key=True),
    Column("investor", TEXT, primary_key=True),
    Column("instrument", TEXT, nullable=False),
    Column("committed", BigInteger, nullable=False),
    Column("called", BigInteger, nullable=False),
    Column("paid_in", BigInteger, nullable=False),
    Column("guaranteed", BigInteger, nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("claim", TEXT, primary_key=True),
    Column("agreement", TEXT, nullable=False),
    Column("subject", TEXT),
    Column("metric", TEXT, nullable=False),
    Column("milestone_months", Integer),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("achieved", Boolean, nullable=False),
    Column("outcome_at", BigInteger, nullable=False),
    Column("entitlement_at", BigInteger),
    Column("total", BigInteger, nullable=False, default=0),
)

claim_part = Table(
    "claim_part",
    metadata,
    Column("claim", TEXT, primary_key=True),
    Column("payer", TEXT, primary_key=True),
    Column("role", TEXT, primary_key=True),
    Column("payee", TEXT, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

gain = Table(
    "gain",
    metadata,
    Column("claim", TEXT, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("rule", TEXT, primary_key=True),
    Column("nights_counterfactual", Integer, nullable=False),
    Column("nights_actual", Integer, nullable=False),
    # Unrounded: text, as in the event.
    Column("state_gain", TEXT, nullable=False),
    Column("municipal_gain", TEXT, nullable=False),
)

payment = Table(
    "payment",
    metadata,
    Column("payment", TEXT, primary_key=True),
    Column("agreement", TEXT, nullable=False),
    Column("payer", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("payee", TEXT, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("items", Integer, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("proposed_by", TEXT, nullable=False),
    Column("approved_at", BigInteger),
    Column("approved_by", TEXT),
    Column("sent_at", BigInteger),
    Column("sent_by", TEXT),
    Column("sent_on", Date),
    Column("settled", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("settled_on", Date),
    Column("end_to_end_id", TEXT),
    # The payment file that it was sent in.
    Column("message", TEXT),
    # The bank's own word on the instruction.
    Column("bank_status", TEXT),
    Column("recall_at", BigInteger),
    # Where it was recorded that it came to nothing, and the payment that took its place.
    Column("over_at", BigInteger),
    Column("over_on", Date),
    Column("reason", TEXT),
    Column("replaced_by", TEXT),
)

payee = Table(
    "payee",
    metadata,
    Column("party", TEXT, primary_key=True),
    # Only its last digits: who needs the number asks the ledger.
    Column("account", TEXT, nullable=False),
    Column("holder", TEXT, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    Column("set_by", TEXT, nullable=False),
    Column("set_on", Date, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("confirmed_by", TEXT),
    Column("confirmed_on", Date),
)

demand = Table(
    "demand",
    metadata,
    Column("demand", TEXT, primary_key=True),
    Column("agreement", TEXT, nullable=False),
    Column("payer", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("payee", TEXT, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("outstanding", BigInteger, nullable=False),
    Column("demanded_at", BigInteger, nullable=False),
    Column("demanded_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
)

write_off = Table(
    "write_off",
    metadata,
    Column("write_off", TEXT, primary_key=True),
    Column("agreement", TEXT, nullable=False),
    Column("demand", TEXT),
    Column("payer", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("payee", TEXT, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("proposed_by", TEXT, nullable=False),
    Column("written_off_at", BigInteger),
    Column("written_off_by", TEXT),
)

payment_item = Table(
    "payment_item",
    metadata,
    Column("payment", TEXT, primary_key=True),
    Column("entitlement_at", BigInteger, primary_key=True),
    Column("claim", TEXT, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

bank_line = Table(
    "bank_line",
    metadata,
    Column("account", TEXT, primary_key=True),
    Column("line", TEXT, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reference", TEXT, nullable=False),
    Column("text", TEXT, nullable=False),
)
