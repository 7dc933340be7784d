-- Alçada's tables on SQLite, format 1.

-- One row for each counter, and how many rows of alcada_count it has.
CREATE TABLE IF NOT EXISTS alcada_counter (
  id   TEXT NOT NULL PRIMARY KEY,
  keys INTEGER NOT NULL
) WITHOUT ROWID;

-- One row for each grant whose calls choose keys, and how many it has; one more for its marks.
CREATE TABLE IF NOT EXISTS alcada_owner (
  id   TEXT NOT NULL PRIMARY KEY,
  keys INTEGER NOT NULL
) WITHOUT ROWID;

-- One row for each key of a counter: what counts under it, packed. Identifiers are digests. "held"
-- is the key itself where an operator may list it: of marks, of what runs, of calls made once.
CREATE TABLE IF NOT EXISTS alcada_count (
  id      TEXT NOT NULL PRIMARY KEY,
  counter TEXT NOT NULL,
  owner   TEXT,
  held    TEXT,
  due     INTEGER NOT NULL,
  data    BLOB NOT NULL
);

CREATE INDEX IF NOT EXISTS alcada_count_due ON alcada_count (counter, due);

CREATE INDEX IF NOT EXISTS alcada_count_owner ON alcada_count (owner, due) WHERE owner IS NOT NULL;

CREATE INDEX IF NOT EXISTS alcada_count_held ON alcada_count (held) WHERE held IS NOT NULL;

-- One row for each call of which it can still be said how it has ended: what that would change.
CREATE TABLE IF NOT EXISTS alcada_open_call (
  id   TEXT NOT NULL PRIMARY KEY,
  due  INTEGER NOT NULL,
  data BLOB NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS alcada_open_call_due ON alcada_open_call (due);

-- One row for each request for approval. It holds what a person was asked.
CREATE TABLE IF NOT EXISTS alcada_approval (
  id         TEXT NOT NULL PRIMARY KEY,
  binding    TEXT NOT NULL,
  requester  TEXT NOT NULL,
  state      TEXT NOT NULL,
  version    INTEGER NOT NULL,
  expires    INTEGER NOT NULL,
  size       INTEGER NOT NULL,
  request    TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS alcada_approval_binding ON alcada_approval (binding);

CREATE INDEX IF NOT EXISTS alcada_approval_expires ON alcada_approval (expires);
