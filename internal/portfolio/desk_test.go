package portfolio_test

import (
	"testing"

	"example.org/tasuki/internal/desktest"
)

// desk is a workspace to test with, and what only these tests do with it.
type desk struct{ *desktest.Desk }

func open(t *testing.T) *desk { return &desk{desktest.Open(t)} }
