-- +goose Up
-- What a status rests on that renews itself, when it was renewed last, and when a subject has to be judged again.
alter table duty_status add column leases text not null default '[]';

create table renewal (
  source text primary key,
  renewed_at integer not null
);

create table judgement (
  subject_kind text not null,
  subject_id text not null,
  next_at integer not null,
  leases text not null,
  waits text not null,
  primary key (subject_kind, subject_id)
);
