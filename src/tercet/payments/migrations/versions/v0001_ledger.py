"""Operations, payments, ledger entries and events.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A {code} is an identifier or a code: ASCII, compared byte by byte, so that no two spellings are alike. A {text} is
# what a caller may have written, or a document with that in it; 64 KiB would be too little for a payment's metadata.
_TABLES = {
    "operations": """
      id VARCHAR(40) {code} NOT NULL PRIMARY KEY,
      merchant VARCHAR(128) {code} NOT NULL,
      idempotency_key VARCHAR(255) {code} NULL,
      fingerprint CHAR(64) {code} NULL,
      payment_id VARCHAR(40) {code} NOT NULL,
      version INTEGER NOT NULL,
      kind VARCHAR(20) {code} NOT NULL,
      actor VARCHAR(20) {code} NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
      final SMALLINT NOT NULL,
      request MEDIUMTEXT {text} NULL,
      card_token VARCHAR(80) {code} NULL,
      session_id VARCHAR(80) {code} NULL,
      correlation_id VARCHAR(80) {code} NOT NULL,
      created_at_ms BIGINT NOT NULL,
      running_since_ms BIGINT NULL,
      answered_at_ms BIGINT NULL,
      answer MEDIUMTEXT {text} NULL,
      CONSTRAINT operations_key UNIQUE (merchant, idempotency_key),
      CONSTRAINT operations_version UNIQUE (payment_id, version),
      CONSTRAINT operations_session UNIQUE (merchant, session_id)
    """,
    "payments": """
      merchant VARCHAR(128) {code} NOT NULL,
      id VARCHAR(40) {code} NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
      currency CHAR(3) {code} NOT NULL,
      capture SMALLINT NOT NULL,
      metadata MEDIUMTEXT {text} NOT NULL,
      state VARCHAR(20) {code} NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      created_at_ms BIGINT NOT NULL,
      captured_minor BIGINT NOT NULL,
      refunded_minor BIGINT NOT NULL,
      settled_minor BIGINT NOT NULL,
      reference VARCHAR(255) {code} NULL,
      elevated_risk SMALLINT NOT NULL,
      failure_code VARCHAR(40) {code} NULL,
      next_action_url TEXT {text} NULL,
      session_id VARCHAR(80) {code} NULL,
      resumes_as VARCHAR(20) {code} NULL,
      PRIMARY KEY (merchant, id),
      CONSTRAINT payments_id UNIQUE (id),
      CONSTRAINT payments_captured CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
      CONSTRAINT payments_refunded CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
      CONSTRAINT payments_settled CHECK (settled_minor >= 0 AND settled_minor <= captured_minor)
    """,
    "entries": """
      operation_id VARCHAR(40) {code} NOT NULL,
      line INTEGER NOT NULL,
      payment_id VARCHAR(40) {code} NOT NULL,
      merchant VARCHAR(128) {code} NOT NULL,
      account VARCHAR(40) {code} NOT NULL,
      currency CHAR(3) {code} NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
      correlation_id VARCHAR(80) {code} NOT NULL,
      created_at_ms BIGINT NOT NULL,
      PRIMARY KEY (operation_id, line)
    """,
    "events": """
      payment_id VARCHAR(40) {code} NOT NULL,
      sequence INTEGER NOT NULL CHECK (sequence > 0),
      id VARCHAR(40) {code} NOT NULL,
      merchant VARCHAR(128) {code} NOT NULL,
      kind VARCHAR(40) {code} NOT NULL,
      detail MEDIUMTEXT {text} NOT NULL,
      operation_id VARCHAR(40) {code} NOT NULL,
      created_at_ms BIGINT NOT NULL,
      unpublished_since_ms BIGINT NULL,
      PRIMARY KEY (payment_id, sequence)
    """,
    "schema_version": """
      id INTEGER NOT NULL PRIMARY KEY,
      version INTEGER NOT NULL,
      oldest_compatible INTEGER NOT NULL,
      CONSTRAINT schema_version_is_one_row CHECK (id = 1)
    """,
}

_INDEXES = (
    ("operations_running", "operations", "running_since_ms"),
    # All that a balance needs, so that it is added up from the index alone.
    ("entries_account", "entries", "merchant, account, operation_id, line, currency, amount_minor"),
    ("events_unpublished", "events", "unpublished_since_ms, payment_id"),
)

_APPEND_ONLY = "Entries of the ledger are never changed. Post a correction."


def upgrade() -> None:
    """Make the tables."""
    if op.get_bind().dialect.name == "mysql":
        _upgrade_mysql()
    else:
        _upgrade_sqlite()
    op.execute("REPLACE INTO schema_version (id, version, oldest_compatible) VALUES (1, 1, 1)")


def _upgrade_mysql() -> None:
    words = {
        "code": "CHARACTER SET ascii COLLATE ascii_bin",
        "text": "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    }
    for table, definitions in _TABLES.items():
        # With their tables, because MySQL cannot make an index only if it is missing.
        indexes = "".join(f", INDEX {name} ({columns})" for name, indexed, columns in _INDEXES if indexed == table)
        op.execute(f"CREATE TABLE IF NOT EXISTS {table} ({definitions.format(**words)}{indexes}) ENGINE = InnoDB")
    _refuse_changes(f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_APPEND_ONLY}'")


def _upgrade_sqlite() -> None:
    for table, definitions in _TABLES.items():
        op.execute(f"CREATE TABLE IF NOT EXISTS {table} ({definitions.format(code='', text='')})")
    for name, table, columns in _INDEXES:
        op.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({columns})")
    _refuse_changes(f"BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END")


def _refuse_changes(refuse: str) -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER IF NOT EXISTS entries_no_{change.lower()} BEFORE {change} ON entries FOR EACH ROW {refuse}"
        )
