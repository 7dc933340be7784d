-- Alçada's tables on PostgreSQL 13 or later, format 1.

-- One row for each counter, and how many rows of alcada_count it has.
CREATE TABLE IF NOT EXISTS alcada_counter (
  id   text COLLATE "C" NOT NULL PRIMARY KEY,
  keys bigint NOT NULL
);

-- One row for each key of a counter: what counts under it, packed. Identifiers are digests.
CREATE TABLE IF NOT EXISTS alcada_count (
  id      text COLLATE "C" NOT NULL PRIMARY KEY,
  counter text COLLATE "C" NOT NULL,
  due     bigint NOT NULL,
  data    bytea NOT NULL
);

-- A row is written anew by every call under its key: packing it would cost more than it spares.
ALTER TABLE alcada_count ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE INDEX IF NOT EXISTS alcada_count_due ON alcada_count (counter, due);

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
