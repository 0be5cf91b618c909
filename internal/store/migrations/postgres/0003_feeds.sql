-- +goose Up
-- Where advisory data comes from, what is kept of each address between fetches, and what NVD and JVN say.
alter table advisory_source add column url text collate "C" not null default '';
alter table advisory_source add column tried_at bigint not null default 0;
alter table advisory_source add column digest text collate "C" not null default '';

create table feed_part (
  source text collate "C" not null,
  address text collate "C" not null,
  etag text collate "C" not null,
  last_modified text collate "C" not null,
  digest text collate "C" not null,
  mark text collate "C" not null,
  fetched_at bigint not null,
  primary key (source, address)
);

create table vuln_record (
  source text collate "C" not null,
  id text collate "C" not null,
  modified bigint not null,
  data text collate "C" not null,
  primary key (source, id)
);

create table vuln_record_name (
  name text collate "C" not null,
  source text collate "C" not null,
  id text collate "C" not null,
  primary key (name, source, id)
);
create index vuln_record_name_record on vuln_record_name (source, id);

create table vuln_record_product (
  product text collate "C" not null,
  source text collate "C" not null,
  id text collate "C" not null,
  primary key (product, source, id)
);
create index vuln_record_product_record on vuln_record_product (source, id);
