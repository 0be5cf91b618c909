-- +goose Up
-- Who sees to a duty and by when, and what people say to each other about a duty or a vulnerability. Neither counts for
-- an assessment.
create table plan (
  arrangement text not null,
  party text not null,
  role text not null,
  requirement text not null,
  owner text not null,
  due integer not null,
  note text not null,
  changed_by text not null,
  changed_at integer not null,
  primary key (arrangement, party, role, requirement)
);

create table comment (
  id text primary key,
  about_kind text not null,
  about_id text not null,
  author text not null,
  at integer not null,
  body text not null,
  withdrawn_at integer not null
);
create index comment_about on comment (about_kind, about_id, at);

-- What lists of many software read of statuses, without the texts.
create index duty_status_glance on duty_status (subject_kind, subject_id, party, status, basis, leases, valid_until);
create index duty_status_until on duty_status (valid_until);
create index duty_status_history_at on duty_status_history (judged_at);
