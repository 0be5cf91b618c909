-- +goose Up
-- Answers that programs get again when they repeat a request (Idempotency-Key). They are kept for a while and are in no
-- backup.
create table replay (
  account text collate "C" not null,
  key text collate "C" not null,
  fingerprint text collate "C" not null,
  status integer not null,
  header text collate "C" not null,
  body bytea not null,
  at bigint not null,
  primary key (account, key)
);
create index replay_at on replay (at);
