package xlsx

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
)

// sampleValue is a value of a field, with a text that tries to be a formula.
func sampleValue(f guideline.RegisterField) any {
	switch f.Type {
	case guideline.DateField:
		return "2026-12-25"
	case guideline.NumberField:
		return 12.5
	case guideline.BoolField:
		return true
	case guideline.ChoiceField:
		return f.Choices[len(f.Choices)-1].ID
	case guideline.TopicsField:
		return []string{f.Choices[0].ID, f.Choices[len(f.Choices)-1].ID}
	case guideline.ListField:
		return []string{"=1+1", "二つ目"}
	case guideline.RecordsField:
		return []string{register.Name(f, f.Of[0], "=1+1"), register.Name(f, f.Of[0], "二つ目")}
	}
	return "=HYPERLINK(1)\n二行目"
}

// Every register comes back from its workbook as it was written, in both languages.
func TestRegistersComeBack(t *testing.T) {
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		for _, kind := range register.Kinds() {
			data := map[string]any{}
			for _, f := range kind.Fields {
				data[f.Name] = sampleValue(f)
			}
			r := register.Record{ID: "1", Kind: kind.Kind, Key: "-鍵", Subject: fact.Subject{Kind: fact.Org, ID: "us"}, Data: data, State: register.Approved,
				ValidUntil: time.Date(2027, 3, 31, 15, 0, 0, 0, time.UTC)}
			in := RegisterInput{Lang: l, Kind: kind, Records: []register.Record{r}, Linkable: map[string][]Linkable{"risk": {{Key: "=R", Title: "改ざん", About: "software:App"}}}, Subject: func(register.Record) string { return "party:us" }, Issued: time.Date(2026, 11, 1, 0, 0, 0, 0, calendar.Japan)}
			var out, again bytes.Buffer
			if err := Register(&out, in); err != nil {
				t.Fatal(err)
			}
			if err := Register(&again, in); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
				t.Fatalf("%s: not the same bytes twice (%v)", kind.Kind, err)
			}
			if dir := os.Getenv("TASUKI_KEEP_XLSX"); dir != "" && kind.Kind == "contact" {
				if err := os.WriteFile(filepath.Join(dir, "register."+string(l)+".xlsx"), out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := ReadRegister(kind, out.Bytes())
			if err != nil {
				t.Fatalf("%s: %v", kind.Kind, err)
			}
			if len(got.Rows) != 1 || len(got.Problems)+len(got.Ignored) > 0 {
				t.Fatalf("%s: %d rows, %+v %+v", kind.Kind, len(got.Rows), got.Problems, got.Ignored)
			}
			row := got.Rows[0]
			if row.Key != "-鍵" || row.Subject != "party:us" || row.ValidUntil != "2027-03-31" || !reflect.DeepEqual(row.Data, data) {
				t.Errorf("%s came back as %+v, was %+v", kind.Kind, row, data)
			}
		}
	}
}

func TestRegisterFilledByHand(t *testing.T) {
	kind, _ := guideline.Default().Register("contact")
	got, err := ReadRegister(kind, []byte("連絡先一覧,,,\nＫＥＹ,種別（必須）,連絡方法,つながることを確かめた日\nA,ＰＳＩＲＴ,a@example.com,R8.11.1\nB,王様,b@example.com,11/1\n,,忘れた,\n,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 2 || got.Rows[0].Data["contact_kind"] != "psirt" || got.Rows[0].Data["confirmed_on"] != "2026-11-01" {
		t.Errorf("%+v", got.Rows)
	}
	cells := ""
	for _, p := range got.Problems {
		cells += p.Cell + " "
	}
	if cells != "B4 D4 A5 " {
		t.Errorf("problems at %s: %+v", cells, got.Problems)
	}
}
