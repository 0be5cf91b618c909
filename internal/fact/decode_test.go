package fact

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A kind that Decode does not know would come back from the store untyped, and no check would see it.
func TestDecodeKnowsEveryKind(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range kindsOf(file) {
			kinds++
			if v, err := Decode(kind, []byte("{}")); err != nil || isRaw(v) {
				t.Errorf("%s: Decode of %q gives %T, error %v", name, kind, v, err)
			}
		}
	}
	if kinds < 2 {
		t.Errorf("only %d kinds were found: the test looks for the wrong thing", kinds)
	}
}

// kindsOf gives the values of constants that are declared with the type Kind.
func kindsOf(file *ast.File) (out []Kind) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if typ, ok := v.Type.(*ast.Ident); !ok || typ.Name != "Kind" || len(v.Values) != 1 {
				continue
			}
			if lit, ok := v.Values[0].(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(lit.Value)
				out = append(out, Kind(text))
			}
		}
	}
	return out
}

func isRaw(v any) bool {
	_, raw := v.(json.RawMessage)
	return raw
}

func TestDecode(t *testing.T) {
	v, err := Decode(KindSBOM, []byte(`{"format":"SPDX"}`))
	if s, ok := v.(*SBOM); err != nil || !ok || s.Format != "SPDX" {
		t.Errorf("SBOM: %#v, error %v", v, err)
	}
	v, err = Decode("unheard-of", []byte(`{"a":1}`))
	if raw, ok := v.(json.RawMessage); err != nil || !ok || string(raw) != `{"a":1}` {
		t.Errorf("unknown kind: %#v, error %v", v, err)
	}
	if _, err := Decode(KindSBOM, []byte(`{"format":1}`)); err == nil || !strings.Contains(err.Error(), "sbom") {
		t.Errorf("data of the wrong form: error %v", err)
	}
}
