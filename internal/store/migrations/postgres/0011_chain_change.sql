-- +goose Up
-- Whether a transaction changed the chain, for processes that hold it in memory.
alter table list_change add column chain boolean not null default false;
