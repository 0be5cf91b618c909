package store_test

import (
	"testing"

	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.New(t) })
}

func TestPostgres(t *testing.T) {
	schema := storetest.Postgres(t)
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.Open(t, schema(t)) })
}
