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

func onSQLite(testing.TB) string { return "" }

func TestBackupSQLite(t *testing.T) { storetest.RunBackup(t, onSQLite, onSQLite) }

func TestBackupPostgres(t *testing.T) {
	schema := storetest.Postgres(t)
	t.Run("SQLite to PostgreSQL", func(t *testing.T) { storetest.RunBackup(t, onSQLite, schema) })
	t.Run("PostgreSQL to SQLite", func(t *testing.T) { storetest.RunBackup(t, schema, onSQLite) })
	t.Run("PostgreSQL to PostgreSQL", func(t *testing.T) { storetest.RunBackup(t, schema, schema) })
}
