package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/lang"
)

// What comes out of a parcel is what went in, file by file; the rest is refused and never a panic.
func FuzzUnpack(f *testing.F) {
	var good bytes.Buffer
	p := &program{lang: lang.EN, err: io.Discard, out: io.Discard}
	files := []outgoing{{name: "a", body: strings.NewReader("one")}, {name: "b/../b", body: strings.NewReader("")}}
	if err := p.writeParcel(&good, api.About{Software: "S"}, files, &packed{}); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte(`{"format":"tasuki-push","version":1,"about":{}}` + "\n" + `{"file":"x","size":1,"digest":"sha256:0","content":"eA=="}`))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(t.TempDir(), "parcel")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		found, _, about, err := p.unpack(file)
		if err != nil {
			return
		}
		defer closeFiles(found)
		var contents []string
		for _, o := range found {
			content, err := io.ReadAll(o.body)
			if err != nil {
				t.Fatalf("%s: %v", o.name, err)
			}
			contents = append(contents, string(content))
		}
		if bytes.Equal(b, good.Bytes()) && (len(contents) != 2 || contents[0] != "one" || contents[1] != "" || about.Software != "S") {
			t.Errorf("a good parcel gives %q about %+v", contents, about)
		}
	})
}
