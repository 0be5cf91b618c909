-- +goose Up
-- What a status rests on that renews itself, when it was renewed last, and when a subject has to be judged again.
alter table duty_status add column leases text collate "C" not null default '[]';

create table renewal (
  source text collate "C" primary key,
  renewed_at bigint not null
);

create table judgement (
  subject_kind text collate "C" not null,
  subject_id text collate "C" not null,
  next_at bigint not null,
  leases text collate "C" not null,
  waits text collate "C" not null,
  primary key (subject_kind, subject_id)
);
