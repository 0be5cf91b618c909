-- +goose Up
-- Times are milliseconds UTC, 0 for "not set". Digests are sha256:<hex>. Columns that hold JSON hold it as text.
-- The pair of this file has the same tables and columns in the same order; only the names of types differ, and here
-- text says that it sorts by its bytes, as it does there.

-- What happened, and its leaf in the ledger. A leaf without seq waits to be put in order.
create table audit (
  id text collate "C" primary key,
  at bigint not null,
  actor text collate "C" not null,
  via text collate "C" not null,
  request text collate "C" not null,
  action text collate "C" not null,
  object_kind text collate "C" not null,
  object_id text collate "C" not null,
  detail text collate "C" not null,
  salt text collate "C" not null
);
create index audit_at on audit (at, id);
create index audit_object on audit (object_kind, object_id, at);

create table ledger_event (
  id text collate "C" primary key references audit (id),
  leaf bytea not null,
  seq bigint unique
);

create table ledger_hash (
  idx bigint primary key,
  hash bytea not null
);

create table checkpoint (
  size bigint primary key,
  note text collate "C" not null,
  at bigint not null
);

create table lease (
  name text collate "C" primary key,
  holder text collate "C" not null,
  until bigint not null
);

-- Documents: the bytes lie in the workspace under their digest.
create table document (
  digest text collate "C" primary key,
  size bigint not null,
  name text collate "C" not null,
  type text collate "C" not null,
  origin text collate "C" not null,
  received_at bigint not null,
  received_by text collate "C" not null,
  signature_state text collate "C" not null,
  accepted boolean not null,
  problems text collate "C" not null,
  summary text collate "C" not null
);
create index document_received on document (received_at, digest);

create table document_subject (
  document text collate "C" not null references document (digest),
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  linked_at bigint not null,
  primary key (document, subject_kind, subject_id)
);
create index document_subject_subject on document_subject (subject_kind, subject_id);

create table refused (
  id text collate "C" primary key,
  name text collate "C" not null,
  size bigint not null,
  digest text collate "C" not null,
  reason text collate "C" not null,
  origin text collate "C" not null,
  received_at bigint not null,
  received_by text collate "C" not null
);

create table fact (
  id text collate "C" primary key,
  kind text collate "C" not null,
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  observed_at bigint not null,
  valid_until bigint not null,
  document text collate "C" references document (digest),
  record text collate "C" not null,
  pointer text collate "C" not null,
  data text collate "C" not null
);
create index fact_subject on fact (subject_kind, subject_id, kind, observed_at);
create index fact_document on fact (document);
create index fact_record on fact (record);

-- The chain. data holds the whole value; the other columns are those that something is looked up or tied by.
create table party (
  id text collate "C" primary key,
  ord bigint not null,
  parent text collate "C" references party (id) deferrable initially deferred,
  self boolean not null,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);

create table software (
  id text collate "C" primary key,
  ord bigint not null,
  name text collate "C" not null,
  owner text collate "C" references party (id) deferrable initially deferred,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);
create index software_name on software (name);

create table release (
  id text collate "C" primary key,
  ord bigint not null,
  software text collate "C" not null references software (id) deferrable initially deferred,
  version text collate "C" not null,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null,
  unique (software, version)
);

create table artifact (
  release text collate "C" not null references release (id),
  ord bigint not null,
  name text collate "C" not null,
  digest text collate "C" not null,
  primary key (release, ord)
);
create index artifact_digest on artifact (digest);

create table system (
  id text collate "C" primary key,
  ord bigint not null,
  name text collate "C" not null,
  owner text collate "C" references party (id) deferrable initially deferred,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);

create table system_release (
  system text collate "C" not null references system (id),
  release text collate "C" not null references release (id) deferrable initially deferred,
  ord bigint not null,
  primary key (system, release)
);

create table arrangement (
  id text collate "C" primary key,
  ord bigint not null,
  software text collate "C" references software (id) deferrable initially deferred,
  system text collate "C" references system (id) deferrable initially deferred,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);

create table engagement (
  id text collate "C" primary key,
  ord bigint not null,
  arrangement text collate "C" not null references arrangement (id),
  party text collate "C" not null references party (id) deferrable initially deferred,
  role text collate "C" not null,
  data text collate "C" not null
);
create index engagement_arrangement on engagement (arrangement, ord);

create table agreement (
  id text collate "C" primary key,
  ord bigint not null,
  receiver text collate "C" not null references party (id) deferrable initially deferred,
  giver text collate "C" not null references party (id) deferrable initially deferred,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);

create table component_rule (
  id text collate "C" primary key,
  ord bigint not null,
  pattern text collate "C" not null,
  release text collate "C" references release (id) deferrable initially deferred,
  data text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);

-- Components: a distinct one is kept and matched once; a list is what one document states for one release.
create table component (
  id bigint generated by default as identity primary key,
  key text collate "C" not null unique,
  purl text collate "C" not null,
  name text collate "C" not null,
  version text collate "C" not null,
  ecosystem text collate "C" not null
);
create index component_name on component (name);

create table component_list (
  id bigint generated by default as identity primary key,
  release text collate "C" not null references release (id),
  document text collate "C" not null references document (digest),
  at bigint not null,
  unique (release, document)
);

create table release_component (
  list bigint not null references component_list (id),
  ord bigint not null,
  component bigint not null references component (id),
  ref text collate "C" not null,
  supplier text collate "C" not null,
  is_direct boolean not null,
  presence text collate "C" not null,
  primary key (list, ord)
);
create index release_component_component on release_component (component, list);

-- Advisory data and what it found.
create table advisory_source (
  name text collate "C" primary key,
  count bigint not null,
  newest bigint not null,
  loaded_at bigint not null,
  error text collate "C" not null
);

create table finding (
  component bigint not null references component (id),
  vuln text collate "C" not null,
  severity text collate "C" not null,
  data text collate "C" not null,
  modified bigint not null,
  first_seen bigint not null,
  last_seen bigint not null,
  primary key (component, vuln)
);
create index finding_vuln on finding (vuln);

create table vuln_alias (
  alias text collate "C" not null,
  vuln text collate "C" not null,
  primary key (alias, vuln)
);

create table decision (
  id text collate "C" primary key,
  vuln text collate "C" not null,
  component text collate "C" not null,
  software text collate "C" not null,
  versions text collate "C" not null,
  status text collate "C" not null,
  justification text collate "C" not null,
  note text collate "C" not null,
  decided_by text collate "C" not null,
  decided_at bigint not null,
  until bigint not null,
  revision bigint not null
);
create index decision_vuln on decision (vuln);

-- Registers.
create table record (
  id text collate "C" primary key,
  kind text collate "C" not null,
  key text collate "C" not null,
  revision bigint not null,
  state text collate "C" not null,
  data text collate "C" not null,
  author text collate "C" not null,
  created_at bigint not null,
  changed_at bigint not null,
  approver text collate "C" not null,
  approved_at bigint not null,
  approved_digest text collate "C" not null,
  valid_until bigint not null,
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  unique (kind, key),
  check (approver = '' or approver <> author)
);
create index record_subject on record (subject_kind, subject_id, kind);

create table record_revision (
  record text collate "C" not null references record (id),
  revision bigint not null,
  state text collate "C" not null,
  data text collate "C" not null,
  author text collate "C" not null,
  approver text collate "C" not null,
  at bigint not null,
  primary key (record, revision)
);

-- Claims and exceptions.
create table claim (
  id text collate "C" primary key,
  kind text collate "C" not null,
  party text collate "C" not null,
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  role text collate "C" not null,
  requirement text collate "C" not null,
  check_id text collate "C" not null,
  body text collate "C" not null,
  evidence text collate "C" not null,
  author text collate "C" not null,
  created_at bigint not null,
  state text collate "C" not null,
  approver text collate "C" not null,
  approved_at bigint not null,
  content_digest text collate "C" not null,
  expires_at bigint not null,
  revision bigint not null,
  check (approver = '' or approver <> author)
);
create index claim_duty on claim (subject_kind, subject_id, requirement);

-- Assessment.
create table duty_status (
  party text collate "C" not null,
  arrangement text collate "C" not null,
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  role text collate "C" not null,
  requirement text collate "C" not null,
  stance text collate "C" not null,
  level text collate "C" not null,
  status text collate "C" not null,
  basis text collate "C" not null,
  reasons text collate "C" not null,
  evidence text collate "C" not null,
  remedy text collate "C" not null,
  detail text collate "C" not null,
  valid_until bigint not null,
  judged_at bigint not null,
  cause text collate "C" not null,
  primary key (party, arrangement, subject_kind, subject_id, role, requirement)
);
create index duty_status_subject on duty_status (subject_kind, subject_id);

create table duty_status_history (
  id text collate "C" primary key,
  party text collate "C" not null,
  arrangement text collate "C" not null,
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  role text collate "C" not null,
  requirement text collate "C" not null,
  before text collate "C" not null,
  status text collate "C" not null,
  basis text collate "C" not null,
  reasons text collate "C" not null,
  evidence text collate "C" not null,
  judged_at bigint not null,
  cause text collate "C" not null
);
create index duty_status_history_duty on duty_status_history (subject_kind, subject_id, requirement, judged_at);

-- Declarations.
create table declaration (
  id text collate "C" primary key,
  kind text collate "C" not null,
  level text collate "C" not null,
  party text collate "C" not null,
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  release text collate "C" not null,
  serial bigint not null,
  state text collate "C" not null,
  content text collate "C" not null,
  content_digest text collate "C" not null,
  signed text collate "C" not null,
  bundle text collate "C" not null,
  approvals text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  issued_at bigint not null,
  ended_at bigint not null,
  reason text collate "C" not null,
  superseded_by text collate "C" not null,
  revision bigint not null,
  unique (subject_kind, subject_id, serial)
);

-- People and programs.
create table account (
  id text collate "C" primary key,
  name text collate "C" not null unique,
  display text collate "C" not null,
  roles text collate "C" not null,
  password text collate "C" not null,
  created_at bigint not null,
  disabled boolean not null,
  revision bigint not null
);

create table session (
  token text collate "C" primary key,
  data bytea not null,
  expires_at bigint not null
);

create table setup_token (
  hash text collate "C" primary key,
  expires_at bigint not null
);

create table api_token (
  id text collate "C" primary key,
  hash text collate "C" not null unique,
  account text collate "C" not null references account (id),
  name text collate "C" not null,
  scope text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint not null
);

create table setting (
  key text collate "C" primary key,
  value text collate "C" not null,
  revision bigint not null,
  changed_at bigint not null
);

create table job (
  id text collate "C" primary key,
  kind text collate "C" not null,
  args text collate "C" not null,
  run_at bigint not null,
  attempt bigint not null,
  done_at bigint not null,
  error text collate "C" not null,
  created_at bigint not null
);
create index job_due on job (done_at, run_at);
