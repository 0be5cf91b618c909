-- +goose Up
-- Times are milliseconds UTC, 0 for "not set". Digests are sha256:<hex>. Columns that hold JSON hold it as text.
-- The pair of this file has the same tables and columns in the same order; only the names of types differ, and there
-- text says that it sorts by its bytes, as it does here.

-- What happened, and its leaf in the ledger. A leaf without seq waits to be put in order.
create table audit (
  id text primary key,
  at integer not null,
  actor text not null,
  via text not null,
  request text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  detail text not null,
  salt text not null
);
create index audit_at on audit (at, id);
create index audit_object on audit (object_kind, object_id, at);

create table ledger_event (
  id text primary key references audit (id),
  leaf blob not null,
  seq integer unique
);

create table ledger_hash (
  idx integer primary key,
  hash blob not null
);

create table checkpoint (
  size integer primary key,
  note text not null,
  at integer not null
);

create table lease (
  name text primary key,
  holder text not null,
  until integer not null
);

-- Documents: the bytes lie in the workspace under their digest.
create table document (
  digest text primary key,
  size integer not null,
  name text not null,
  type text not null,
  origin text not null,
  received_at integer not null,
  received_by text not null,
  signature_state text not null,
  accepted boolean not null,
  problems text not null,
  summary text not null
);
create index document_received on document (received_at, digest);

create table document_subject (
  document text not null references document (digest),
  subject_kind text not null,
  subject_id text not null,
  linked_at integer not null,
  primary key (document, subject_kind, subject_id)
);
create index document_subject_subject on document_subject (subject_kind, subject_id);

create table refused (
  id text primary key,
  name text not null,
  size integer not null,
  digest text not null,
  reason text not null,
  origin text not null,
  received_at integer not null,
  received_by text not null
);

create table fact (
  id text primary key,
  kind text not null,
  subject_kind text not null,
  subject_id text not null,
  observed_at integer not null,
  valid_until integer not null,
  document text references document (digest),
  record text not null,
  pointer text not null,
  data text not null
);
create index fact_subject on fact (subject_kind, subject_id, kind, observed_at);
create index fact_document on fact (document);
create index fact_record on fact (record);

-- The chain. data holds the whole value; the other columns are those that something is looked up or tied by.
create table party (
  id text primary key,
  ord integer not null,
  parent text references party (id) deferrable initially deferred,
  self boolean not null,
  data text not null,
  revision integer not null,
  changed_at integer not null
);

create table software (
  id text primary key,
  ord integer not null,
  name text not null,
  owner text references party (id) deferrable initially deferred,
  data text not null,
  revision integer not null,
  changed_at integer not null
);
create index software_name on software (name);

create table release (
  id text primary key,
  ord integer not null,
  software text not null references software (id) deferrable initially deferred,
  version text not null,
  data text not null,
  revision integer not null,
  changed_at integer not null,
  unique (software, version)
);

create table artifact (
  release text not null references release (id),
  ord integer not null,
  name text not null,
  digest text not null,
  primary key (release, ord)
);
create index artifact_digest on artifact (digest);

create table system (
  id text primary key,
  ord integer not null,
  name text not null,
  owner text references party (id) deferrable initially deferred,
  data text not null,
  revision integer not null,
  changed_at integer not null
);

create table system_release (
  system text not null references system (id),
  release text not null references release (id) deferrable initially deferred,
  ord integer not null,
  primary key (system, release)
);

create table arrangement (
  id text primary key,
  ord integer not null,
  software text references software (id) deferrable initially deferred,
  system text references system (id) deferrable initially deferred,
  data text not null,
  revision integer not null,
  changed_at integer not null
);

create table engagement (
  id text primary key,
  ord integer not null,
  arrangement text not null references arrangement (id),
  party text not null references party (id) deferrable initially deferred,
  role text not null,
  data text not null
);
create index engagement_arrangement on engagement (arrangement, ord);

create table agreement (
  id text primary key,
  ord integer not null,
  receiver text not null references party (id) deferrable initially deferred,
  giver text not null references party (id) deferrable initially deferred,
  data text not null,
  revision integer not null,
  changed_at integer not null
);

create table component_rule (
  id text primary key,
  ord integer not null,
  pattern text not null,
  release text references release (id) deferrable initially deferred,
  data text not null,
  revision integer not null,
  changed_at integer not null
);

-- Components: a distinct one is kept and matched once; a list is what one document states for one release.
create table component (
  id integer primary key,
  key text not null unique,
  purl text not null,
  name text not null,
  version text not null,
  ecosystem text not null
);
create index component_name on component (name);

create table component_list (
  id integer primary key,
  release text not null references release (id),
  document text not null references document (digest),
  at integer not null,
  unique (release, document)
);

create table release_component (
  list integer not null references component_list (id),
  ord integer not null,
  component integer not null references component (id),
  ref text not null,
  supplier text not null,
  is_direct boolean not null,
  presence text not null,
  primary key (list, ord)
);
create index release_component_component on release_component (component, list);

-- Advisory data and what it found.
create table advisory_source (
  name text primary key,
  count integer not null,
  newest integer not null,
  loaded_at integer not null,
  error text not null
);

create table finding (
  component integer not null references component (id),
  vuln text not null,
  severity text not null,
  data text not null,
  modified integer not null,
  first_seen integer not null,
  last_seen integer not null,
  primary key (component, vuln)
);
create index finding_vuln on finding (vuln);

create table vuln_alias (
  alias text not null,
  vuln text not null,
  primary key (alias, vuln)
);

create table decision (
  id text primary key,
  vuln text not null,
  component text not null,
  software text not null,
  versions text not null,
  status text not null,
  justification text not null,
  note text not null,
  decided_by text not null,
  decided_at integer not null,
  until integer not null,
  revision integer not null
);
create index decision_vuln on decision (vuln);

-- Registers.
create table record (
  id text primary key,
  kind text not null,
  key text not null,
  revision integer not null,
  state text not null,
  data text not null,
  author text not null,
  created_at integer not null,
  changed_at integer not null,
  approver text not null,
  approved_at integer not null,
  approved_digest text not null,
  valid_until integer not null,
  subject_kind text not null,
  subject_id text not null,
  unique (kind, key),
  check (approver = '' or approver <> author)
);
create index record_subject on record (subject_kind, subject_id, kind);

create table record_revision (
  record text not null references record (id),
  revision integer not null,
  state text not null,
  data text not null,
  author text not null,
  approver text not null,
  at integer not null,
  primary key (record, revision)
);

-- Claims and exceptions.
create table claim (
  id text primary key,
  kind text not null,
  party text not null,
  subject_kind text not null,
  subject_id text not null,
  role text not null,
  requirement text not null,
  check_id text not null,
  body text not null,
  evidence text not null,
  author text not null,
  created_at integer not null,
  state text not null,
  approver text not null,
  approved_at integer not null,
  content_digest text not null,
  expires_at integer not null,
  revision integer not null,
  check (approver = '' or approver <> author)
);
create index claim_duty on claim (subject_kind, subject_id, requirement);

-- Assessment.
create table duty_status (
  party text not null,
  arrangement text not null,
  subject_kind text not null,
  subject_id text not null,
  role text not null,
  requirement text not null,
  stance text not null,
  level text not null,
  status text not null,
  basis text not null,
  reasons text not null,
  evidence text not null,
  remedy text not null,
  detail text not null,
  valid_until integer not null,
  judged_at integer not null,
  cause text not null,
  primary key (party, arrangement, subject_kind, subject_id, role, requirement)
);
create index duty_status_subject on duty_status (subject_kind, subject_id);

create table duty_status_history (
  id text primary key,
  party text not null,
  arrangement text not null,
  subject_kind text not null,
  subject_id text not null,
  role text not null,
  requirement text not null,
  before text not null,
  status text not null,
  basis text not null,
  reasons text not null,
  evidence text not null,
  judged_at integer not null,
  cause text not null
);
create index duty_status_history_duty on duty_status_history (subject_kind, subject_id, requirement, judged_at);

-- Declarations.
create table declaration (
  id text primary key,
  kind text not null,
  level text not null,
  party text not null,
  subject_kind text not null,
  subject_id text not null,
  release text not null,
  serial integer not null,
  state text not null,
  content text not null,
  content_digest text not null,
  signed text not null,
  bundle text not null,
  approvals text not null,
  created_by text not null,
  created_at integer not null,
  issued_at integer not null,
  ended_at integer not null,
  reason text not null,
  superseded_by text not null,
  revision integer not null,
  unique (subject_kind, subject_id, serial)
);

-- People and programs.
create table account (
  id text primary key,
  name text not null unique,
  display text not null,
  roles text not null,
  password text not null,
  created_at integer not null,
  disabled boolean not null,
  revision integer not null
);

create table session (
  token text primary key,
  data blob not null,
  expires_at integer not null
);

create table setup_token (
  hash text primary key,
  expires_at integer not null
);

create table api_token (
  id text primary key,
  hash text not null unique,
  account text not null references account (id),
  name text not null,
  scope text not null,
  created_at integer not null,
  expires_at integer not null,
  revoked_at integer not null
);

create table setting (
  key text primary key,
  value text not null,
  revision integer not null,
  changed_at integer not null
);

create table job (
  id text primary key,
  kind text not null,
  args text not null,
  run_at integer not null,
  attempt integer not null,
  done_at integer not null,
  error text not null,
  created_at integer not null
);
create index job_due on job (done_at, run_at);
