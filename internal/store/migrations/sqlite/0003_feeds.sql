-- +goose Up
-- Where advisory data comes from, what is kept of each address between fetches, and what NVD and JVN say.
alter table advisory_source add column url text not null default '';
alter table advisory_source add column tried_at integer not null default 0;
alter table advisory_source add column digest text not null default '';

create table feed_part (
  source text not null,
  address text not null,
  etag text not null,
  last_modified text not null,
  digest text not null,
  mark text not null,
  fetched_at integer not null,
  primary key (source, address)
);

create table vuln_record (
  source text not null,
  id text not null,
  modified integer not null,
  data text not null,
  primary key (source, id)
);

create table vuln_record_name (
  name text not null,
  source text not null,
  id text not null,
  primary key (name, source, id)
);
create index vuln_record_name_record on vuln_record_name (source, id);

create table vuln_record_product (
  product text not null,
  source text not null,
  id text not null,
  primary key (product, source, id)
);
create index vuln_record_product_record on vuln_record_product (source, id);
