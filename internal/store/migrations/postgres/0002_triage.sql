-- +goose Up
-- What follows from a decision, what it was made on, and how likely exploitation is.
alter table decision add column treatment text collate "C" not null default '';
alter table decision add column treat_by bigint not null default 0;
alter table decision add column treated_at bigint not null default 0;
alter table decision add column grounds text collate "C" not null default '[]';
alter table decision add column priority text collate "C" not null default 'null';

-- Scores are in billionths, because the two databases do not write fractions alike.
create table epss (
  cve text collate "C" primary key,
  score bigint not null,
  percentile bigint not null
);
