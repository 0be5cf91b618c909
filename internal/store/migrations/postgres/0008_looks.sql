-- +goose Up
-- How advisories are asked about a component: under which packages, and why they could not be asked (nothing when they
-- were; null until the component is matched first). Of a list: how many of its components they could not be asked about.
alter table component add column unmatched text collate "C";
alter table component_list add column unmatched bigint not null default -1;

create table component_package (
  package text collate "C" not null,
  component bigint not null references component (id),
  primary key (package, component)
);
create index component_package_component on component_package (component);
create index component_unmatched on component (unmatched, id);
create index component_list_seen on component_list (release, unmatched);
