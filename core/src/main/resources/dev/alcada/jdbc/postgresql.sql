-- Alçada's tables on PostgreSQL 13 or later, format 1.

-- One row for each counter, and how many rows of alcada_count it has.
CREATE TABLE IF NOT EXISTS alcada_counter (
  id   text COLLATE "C" NOT NULL PRIMARY KEY,
  keys bigint NOT NULL
);

-- One row for each grant whose calls choose keys, and how many it has; one more for its marks.
CREATE TABLE IF NOT EXISTS alcada_owner (
  id   text COLLATE "C" NOT NULL PRIMARY KEY,
  keys bigint NOT NULL
);

-- One row for each key of a counter: what counts under it, packed. Identifiers are digests. "held"
-- is the key itself where an operator may list it: of marks, of what runs, of calls made once.
CREATE TABLE IF NOT EXISTS alcada_count (
  id      text COLLATE "C" NOT NULL PRIMARY KEY,
  counter text COLLATE "C" NOT NULL,
  owner   text COLLATE "C",
  held    text COLLATE "C",
  due     bigint NOT NULL,
  data    bytea NOT NULL
);

-- A row is written anew by every call under its key: packing it would cost more than it spares.
ALTER TABLE alcada_count ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE INDEX IF NOT EXISTS alcada_count_due ON alcada_count (counter, due);

CREATE INDEX IF NOT EXISTS alcada_count_owner ON alcada_count (owner, due) WHERE owner IS NOT NULL;

CREATE INDEX IF NOT EXISTS alcada_count_held ON alcada_count (held) WHERE held IS NOT NULL;

-- One row for each call of which it can still be said how it has ended: what that would change.
CREATE TABLE IF NOT EXISTS alcada_open_call (
  id   text COLLATE "C" NOT NULL PRIMARY KEY,
  due  bigint NOT NULL,
  data bytea NOT NULL
);

CREATE INDEX IF NOT EXISTS alcada_open_call_due ON alcada_open_call (due);

-- One row for each request for approval. It holds what a person was asked.
CREATE TABLE IF NOT EXISTS alcada_approval (
  id         text COLLATE "C" NOT NULL PRIMARY KEY,
  binding    text COLLATE "C" NOT NULL,
  requester  text COLLATE "C" NOT NULL,
  state      text COLLATE "C" NOT NULL,
  version    bigint NOT NULL,
  expires    bigint NOT NULL,
  size       bigint NOT NULL,
  request    text NOT NULL
);

CREATE INDEX IF NOT EXISTS alcada_approval_binding ON alcada_approval (binding);

CREATE INDEX IF NOT EXISTS alcada_approval_expires ON alcada_approval (expires);
