package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
)

var tester = Actor{Account: "tester", Via: Internal}

func open(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A workspace of before, with a row for each component of each release, holds the same in lists.
func TestListsOfBefore(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "ws")
	if err := prepareDir(dir); err != nil {
		t.Fatal(err)
	}
	db, err := connect(ctx, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.migrate(ctx, 9); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`insert into document values ('sha256:1', 1, 'a', 'cyclonedx', '', 1, 'x', '', true, '[]', '{}')`,
		`insert into software values ('s', 1, 's', null, '{}', 1, 1)`,
		`insert into release values ('r', 1, 's', '1', '{}', 1, 1), ('empty', 2, 's', '2', '{}', 1, 1)`,
		`insert into component (id, key, purl, name, version, ecosystem) values (7, 'a', 'pkg:npm/a@1', 'a', '1', 'npm'), (8, 'b', '', 'b "quoted"', '1', '')`,
		`insert into component_list (id, release, document, at) values (3, 'r', 'sha256:1', 1), (4, 'empty', 'sha256:1', 1)`,
		`insert into release_component values (3, 1, 7, 'ref a', 'maker "of" a', true, '{}'), (3, 0, 8, '', '', false, '{"hash":"unknown"}'), (3, 2, 7, 'again', '', false, '{}')`,
	} {
		if _, err := db.pool.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	db.Close()
	db = open(t, dir)
	got, err := db.ReleaseComponents(ctx, "r")
	if err != nil {
		t.Fatal(err)
	}
	a, b := Component{ID: 7, PURL: "pkg:npm/a@1", Name: "a", Version: "1", Ecosystem: "npm"}, Component{ID: 8, Name: `b "quoted"`, Version: "1"}
	want := []ReleaseComponent{
		{Component: b, Presence: map[fact.Field]fact.Presence{fact.FieldHash: fact.Unknown}, Document: "sha256:1"},
		{Component: a, Ref: "ref a", Supplier: `maker "of" a`, Direct: true, Presence: map[fact.Field]fact.Presence{}, Document: "sha256:1"},
		{Component: a, Ref: "again", Presence: map[fact.Field]fact.Presence{}, Document: "sha256:1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	if holding, err := db.ReleasesHolding(ctx, []int64{7, 8}); err != nil || !slices.Equal(holding, []string{"r"}) {
		t.Errorf("held by %v, error %v", holding, err)
	}
	if listed, err := db.ListedBy(ctx, "empty"); err != nil || len(listed) != 1 {
		t.Errorf("documents of the release without components: %v, error %v", listed, err)
	}
}

// Who did not look while so much changed that the changes were forgotten reads everything again.
func TestChangesAreForgotten(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "ws")
	writer, reader := open(t, dir), open(t, dir)
	digest := putSBOM(t, writer)
	if n, err := reader.ComponentCounts(ctx); err != nil || len(n) != 0 {
		t.Fatalf("%v %v", n, err)
	}
	for i := range 3 {
		hold(t, writer, digest, fmt.Sprint("p", i))
	}
	if _, err := writer.pool.ExecContext(ctx, `insert into list_change (id, mark, lists)
		with recursive n (i) as (select 100 union all select i + 1 from n where i < 100 + $1) select 'x' || i, i, '[]' from n`, keptChanges); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.SweepOrphans(ctx, 1<<40); err != nil {
		t.Fatal(err)
	}
	if n, err := one(ctx, writer, scanInt, `select count(*) from list_change`); err != nil || n != keptChanges+1 {
		t.Errorf("%d changes are kept, error %v", n, err)
	}
	if n, err := reader.ComponentCounts(ctx); err != nil || n["r"] != 1 {
		t.Errorf("%v %v", n, err)
	}
	if all, err := reader.Components(ctx); err != nil || len(all) != 1 || all[0].Name != "p2" {
		t.Errorf("%v %v", all, err)
	}
}

// putSBOM makes a release and a document about it.
func putSBOM(t *testing.T, db *DB) (digest string) {
	t.Helper()
	digest = DigestOf([]byte("x"))
	err := db.InTx(t.Context(), tester, func(tx *Tx) error {
		if err := tx.SaveModel(t.Context(), chain.Model{Software: []chain.Software{{ID: "s", Name: "s"}}, Releases: []chain.Release{{ID: "r", Software: "s", Version: "1"}}}); err != nil {
			return err
		}
		if _, err := tx.exec(t.Context(), `insert into document values ($1, 1, 'a', 'cyclonedx', '', 1, 'x', '', true, '[]', '{}')`, digest); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "changed", Object{Kind: "test", ID: "test"}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// hold makes a component all that the release holds.
func hold(t *testing.T, db *DB, digest, name string) {
	t.Helper()
	err := db.InTx(t.Context(), tester, func(tx *Tx) error {
		if err := tx.ReplaceReleaseComponents(t.Context(), "r", digest, []ReleaseComponent{{Component: Component{Name: name, Version: "1"}}}); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "changed", Object{Kind: "test", ID: "test"}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestListTexts(t *testing.T) {
	for text, want := range map[string]string{"": "", "7": "7-", "7! 8 9!": "7+8-9+", "12 12! 3": "12-12+3-"} {
		got := ""
		var back []byte
		err := eachListed(text, func(component int64, direct bool) {
			got += fmt.Sprint(component) + map[bool]string{true: "+", false: "-"}[direct]
			back = appendListed(back, component, direct)
		})
		if err != nil || got != want || string(back) != text {
			t.Errorf("%q reads %q, error %v, and is written %q", text, got, err, back)
		}
	}
	for _, text := range []string{" 1", "1  2", "!", "1!!", "1!2", "x", "-1", "12345678901234567890"} {
		if err := eachListed(text, func(int64, bool) {}); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// Among transactions that overlap, one that began earlier and ends later is not missed; nothing is brought in twice.
func TestChangesThatOverlap(t *testing.T) {
	p := portfolio{seen: map[string]bool{}}
	p.note([]change{{settled: 5, mark: 3, id: "a"}, {settled: 5, mark: 9, id: "b"}}) // 5 to 8 are under way
	if p.from != 5 || p.newest != "b" || p.seen["a"] || !p.seen["b"] {
		t.Errorf("%+v", &p)
	}
	p.note([]change{{settled: 20, mark: 6, id: "c"}, {settled: 20, mark: 9, id: "b"}})
	if p.from != 9 || p.newest != "b" || p.seen["c"] || !p.seen["b"] {
		t.Errorf("%+v", &p)
	}
}
