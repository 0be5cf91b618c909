package assess

import "testing"

// Every check of the program's data compiles, and reads only what its scope has.
func TestEveryCheckCompiles(t *testing.T) {
	s, err := compileAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.all) == 0 {
		t.Fatal("no checks")
	}
	for _, k := range s.all {
		if len(k.reads) == 0 {
			t.Errorf("%s reads no fact: it says the same whatever is true", k.ID)
		}
	}
}
