-- +goose Up
-- Further identifiers that matching asks by where a package URL tells nothing: CPE names, and where in which repository a
-- component comes from; one a line.
alter table component add column identifiers text not null default '';
