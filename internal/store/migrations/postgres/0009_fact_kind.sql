-- +goose Up
-- Facts of one kind are asked for at every judgement: who declared to us, when the ledger was recomputed.
create index fact_kind on fact (kind, subject_kind, subject_id, observed_at);
