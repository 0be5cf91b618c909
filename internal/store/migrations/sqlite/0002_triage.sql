-- +goose Up
-- What follows from a decision, what it was made on, and how likely exploitation is.
alter table decision add column treatment text not null default '';
alter table decision add column treat_by integer not null default 0;
alter table decision add column treated_at integer not null default 0;
alter table decision add column grounds text not null default '[]';
alter table decision add column priority text not null default 'null';

-- Scores are in billionths, because the two databases do not write fractions alike.
create table epss (
  cve text primary key,
  score integer not null,
  percentile integer not null
);
