-- +goose Up
-- What a document states as the components of a release is one row: their numbers in its order, parted by spaces, with a
-- mark behind those that are held directly, and in the same order, as JSON, what else it states of each. A row of its own
-- for each component of each release took most of the time that SBOMs took to come in.
create table list_content (
  list bigint primary key references component_list (id),
  components text collate "C" not null,
  details text collate "C" not null
);
insert into list_content (list, components, details)
  select list, string_agg(cast(component as text) || case when is_direct then '!' else '' end, ' ' order by ord),
    cast(json_agg(json_build_object('ref', ref, 'supplier', supplier, 'presence', cast(presence as json)) order by ord) as text)
  from release_component group by list;
drop table release_component;

-- Which lists a transaction changed, for processes that hold in memory who holds what.
create table list_change (
  id text collate "C" primary key,
  mark bigint not null,
  lists text collate "C" not null
);
create index list_change_mark on list_change (mark);
insert into list_change (id, mark, lists) values ('start', 0, '[]');
