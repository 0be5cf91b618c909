-- +goose Up
-- Who sees to a duty and by when, and what people say to each other about a duty or a vulnerability. Neither counts for
-- an assessment.
create table plan (
  arrangement text collate "C" not null,
  party text collate "C" not null,
  role text collate "C" not null,
  requirement text collate "C" not null,
  owner text collate "C" not null,
  due bigint not null,
  note text collate "C" not null,
  changed_by text collate "C" not null,
  changed_at bigint not null,
  primary key (arrangement, party, role, requirement)
);

create table comment (
  id text collate "C" primary key,
  about_kind text collate "C" not null,
  about_id text collate "C" not null,
  author text collate "C" not null,
  at bigint not null,
  body text collate "C" not null,
  withdrawn_at bigint not null
);
create index comment_about on comment (about_kind, about_id, at);

-- What lists of many software read of statuses, without the texts.
create index duty_status_glance on duty_status (subject_kind, subject_id, party, status, basis, leases, valid_until);
create index duty_status_until on duty_status (valid_until);
create index duty_status_history_at on duty_status_history (judged_at);
