-- +goose Up
-- Answers that programs get again when they repeat a request (Idempotency-Key). They are kept for a while and are in no
-- backup.
create table replay (
  account text not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  header text not null,
  body blob not null,
  at integer not null,
  primary key (account, key)
);
create index replay_at on replay (at);
