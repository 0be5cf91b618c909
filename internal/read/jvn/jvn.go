// Package jvn reads entries of JVN iPedia in the forms that its operators publish: VULDEF 3.2 (the yearly files and the
// answers of MyJVN's getVulnDetailInfo), JVNRSS (mod_sec 2 and 3), and the CSAF-like JSON of MyJVN API 4.0.
//
// Start from [Read]. XML with a document type or entities is refused.
package jvn

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// The limits of a file. A real year has about 75 MB.
const (
	maxBytes    = 1 << 30
	maxJSON     = 256 << 20
	maxProblems = 100 // further ones are only counted
)

// Record is one entry.
type Record struct {
	ID        string // JVNDB-2022-000001
	Title     string
	Overview  string
	Published time.Time
	Modified  time.Time
	Names     []string // CVE ids and JVN's own (JVN#…, JVNVU#…, JVNTA#…), sorted
	CVSS      []string // vectors, as given
	CWEs      []string // sorted
	Products  []Product
}

// Product is a product that an entry names.
type Product struct {
	Vendor   string   `json:"vendor,omitempty"`
	Name     string   `json:"name,omitempty"`
	CPE      string   `json:"cpe,omitempty"` // without a version
	Versions []string `json:"versions,omitempty"`
}

var (
	entryID = pattern.Of(`^JVNDB-[0-9]{4}-[0-9]{6,7}$`)
	nameID  = pattern.Of(`^(CVE-[0-9]{4}-[0-9]{4,}|JVN(VU|TA)?#[0-9]{4,})$`)
	weak    = pattern.Of(`^CWE-[0-9]+$`)
)

// Read hands every entry of a file to each. An entry that cannot be read is left out and told as a problem.
func Read(r io.Reader, each func(Record) error) ([]fact.Problem, error) {
	b := bufio.NewReaderSize(&io.LimitedReader{R: r, N: maxBytes}, 1<<16)
	t := &taker{each: each}
	head, _ := b.Peek(512)
	var err error
	if head = bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"); len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		err = t.json(b)
	} else {
		err = t.xml(b)
	}
	if t.bad > maxProblems {
		t.problems = append(t.problems, fact.Problem{What: lang.F("ほかに %d 件を除外しました", "%d more were left out", t.bad-maxProblems)})
	}
	if err != nil && t.stopped == nil {
		err = &lang.Error{Kind: lang.Unreadable, Err: err,
			What: lang.T("JVN iPedia のデータとして読めません", "it cannot be read as data of JVN iPedia"), Why: lang.F("%v", "%v", err),
			Next: lang.T("年別の詳細情報（jvndb_detail_年.rdf）、JVNRSS、又は MyJVN API の応答を指定してください", "give a yearly file (jvndb_detail_YEAR.rdf), JVNRSS, or an answer of the MyJVN API")}
	}
	return t.problems, err
}

// taker checks entries before it hands them on.
type taker struct {
	each     func(Record) error
	problems []fact.Problem
	bad      int
	stopped  error
}

func (t *taker) take(where string, r Record, err error) error {
	if err == nil && !entryID().MatchString(r.ID) {
		err = fmt.Errorf("%q is no id of an entry", r.ID)
	}
	if err != nil {
		if t.bad++; t.bad <= maxProblems {
			t.problems = append(t.problems, fact.Problem{Where: where,
				What: lang.F("この項目は読み取れないため除外しました(%v)", "this entry cannot be read and was left out (%v)", err)})
		}
		return nil
	}
	for _, list := range []*[]string{&r.Names, &r.CWEs} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	t.stopped = t.each(r)
	return t.stopped
}

// name puts an id where it belongs: to the names, the weaknesses, or nowhere.
func (r *Record) name(id string) {
	switch id = strings.TrimSpace(id); {
	case nameID().MatchString(id):
		r.Names = append(r.Names, id)
	case weak().MatchString(id):
		r.CWEs = append(r.CWEs, id)
	}
}

func (r *Record) vector(v string) {
	if v = strings.TrimSpace(v); v != "" && !slices.Contains(r.CVSS, v) {
		r.CVSS = append(r.CVSS, v)
	}
}

// when reads a time with or without seconds; the zero time when it is none.
func when(s string) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(form, strings.TrimSpace(s)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// xml reads VULDEF and JVNRSS, entry by entry.
func (t *taker) xml(r io.Reader) error {
	d := xml.NewDecoder(r)
	root, status := "", ""
	n := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if _, ok := token.(xml.Directive); ok {
			return errors.New("it has a document type, which is not taken")
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if root == "" {
			if root = start.Name.Local; root != "VULDEF-Document" && root != "RDF" {
				return fmt.Errorf("its root is %s", root)
			}
		}
		switch start.Name.Local {
		case "Vulinfo":
			var v vulinfo
			err = d.DecodeElement(&v, &start)
			if broken(err) {
				return err
			}
			err = t.take(fmt.Sprintf("/VULDEF-Document/Vulinfo[%d]", n+1), v.plain(), err)
			n++
		case "item":
			var v item
			err = d.DecodeElement(&v, &start)
			if broken(err) {
				return err
			}
			err = t.take(fmt.Sprintf("/RDF/item[%d]", n+1), v.plain(), err)
			n++
		case "Status":
			status = failure(start.Attr)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case root == "":
		return errors.New("it is neither XML nor JSON")
	case status != "":
		return errors.New("the server says: " + status)
	}
	return nil
}

// broken reports whether an error is about the XML itself, after which nothing can be found.
func broken(err error) bool {
	var syntax *xml.SyntaxError
	return errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF)
}

// failure gives what a MyJVN status says when it is not 0.
func failure(attrs []xml.Attr) string {
	value := map[string]string{}
	for _, a := range attrs {
		value[a.Name.Local] = a.Value
	}
	if code := value["retCd"]; code != "" && code != "0" {
		return strings.TrimSpace(value["errCd"] + " " + value["errMsg"])
	}
	return ""
}

// vulinfo is an entry in VULDEF 3.2.
type vulinfo struct {
	ID   string `xml:"VulinfoID"`
	Data struct {
		Title    string `xml:"Title"`
		Overview string `xml:"VulinfoDescription>Overview"`
		Affected []struct {
			Name    string   `xml:"Name"`
			Product string   `xml:"ProductName"`
			CPE     string   `xml:"Cpe"`
			Version []string `xml:"VersionNumber"`
		} `xml:"Affected>AffectedItem"`
		Vectors []string `xml:"Impact>Cvss>Vector"`
		Related []struct {
			ID string `xml:"VulinfoID"`
		} `xml:"Related>RelatedItem"`
		Published string `xml:"DateFirstPublished"`
		Modified  string `xml:"DateLastUpdated"`
	} `xml:"VulinfoData"`
}

func (v vulinfo) plain() Record {
	r := Record{ID: strings.TrimSpace(v.ID), Title: v.Data.Title, Overview: v.Data.Overview, Published: when(v.Data.Published), Modified: when(v.Data.Modified)}
	for _, a := range v.Data.Affected {
		p := Product{Vendor: a.Name, Name: a.Product, CPE: strings.TrimSpace(a.CPE)}
		for _, version := range a.Version {
			if version != "" {
				p.Versions = append(p.Versions, version)
			}
		}
		r.Products = append(r.Products, p)
	}
	for _, vector := range v.Data.Vectors {
		r.vector(vector)
	}
	for _, x := range v.Data.Related {
		r.name(x.ID)
	}
	return r
}

// item is an entry in JVNRSS.
type item struct {
	ID         string `xml:"identifier"`
	Title      string `xml:"title"`
	Overview   string `xml:"description"`
	References []struct {
		ID string `xml:"id,attr"`
	} `xml:"references"`
	CPEs []struct {
		Vendor  string `xml:"vendor,attr"`
		Product string `xml:"product,attr"`
		Name    string `xml:",chardata"`
	} `xml:"cpe"`
	CVSS []struct {
		Vector string `xml:"vector,attr"`
	} `xml:"cvss"`
	Issued   string `xml:"issued"`
	Modified string `xml:"modified"`
}

func (v item) plain() Record {
	r := Record{ID: strings.TrimSpace(v.ID), Title: v.Title, Overview: strings.TrimSpace(v.Overview), Published: when(v.Issued), Modified: when(v.Modified)}
	for _, x := range v.References {
		r.name(x.ID)
	}
	for _, c := range v.CPEs {
		r.Products = append(r.Products, Product{Vendor: c.Vendor, Name: c.Product, CPE: strings.TrimSpace(c.Name)})
	}
	for _, c := range v.CVSS {
		r.vector(c.Vector)
	}
	return r
}

// json reads one document of the MyJVN API 4.0, or a list of them.
func (t *taker) json(r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxJSON+1))
	if err != nil {
		return err
	}
	if len(b) > maxJSON {
		return fmt.Errorf("larger than %d MiB", maxJSON>>20)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	var list []json.RawMessage
	if json.Unmarshal(b, &list) != nil {
		list = []json.RawMessage{b}
	}
	if len(list) == 1 && !json.Valid(b) {
		var v any
		return json.Unmarshal(b, &v)
	}
	for i, raw := range list {
		var v document
		err := json.Unmarshal(raw, &v)
		if err == nil && v.Status.Error != "" {
			return errors.New("the server says: " + v.Status.Error)
		}
		if err := t.take(fmt.Sprintf("/%d", i), v.plain(), err); err != nil {
			return err
		}
	}
	if len(list) == 1 && t.bad == 1 {
		return errors.New(t.problems[0].What.EN)
	}
	return nil
}

// document is an entry in the CSAF-like JSON (jvncsaf).
type document struct {
	Document struct {
		Title string `json:"title"`
		Notes []struct {
			Category string `json:"category"`
			Text     string `json:"text"`
		} `json:"notes"`
		Tracking struct {
			ID       string `json:"id"`
			Initial  string `json:"initial_release_date"`
			Current  string `json:"current_release_date"`
			Category string `json:"category"`
		} `json:"tracking"`
		References []struct {
			Summary string `json:"summary"`
		} `json:"references"`
	} `json:"document"`
	Tree struct {
		Branches []branch `json:"branches"`
	} `json:"product_tree"`
	Vulnerabilities []struct {
		CVE  string `json:"cve"`
		CWEs []struct {
			ID string `json:"id"`
		} `json:"cwes"`
		Metrics []struct {
			Content map[string]json.RawMessage `json:"content"`
		} `json:"metrics"`
	} `json:"vulnerabilities"`
	Status struct {
		Error string `json:"errMsg"`
	} `json:"status"`
}

type branch struct {
	Category string   `json:"category"`
	Name     string   `json:"name"`
	Branches []branch `json:"branches"`
	Product  struct {
		Name   string `json:"name"`
		Helper struct {
			CPE string `json:"cpe"`
		} `json:"product_identification_helper"`
	} `json:"product"`
}

func (v document) plain() Record {
	d := v.Document
	r := Record{ID: d.Tracking.ID, Title: d.Title, Published: when(d.Tracking.Initial), Modified: when(d.Tracking.Current)}
	for _, n := range d.Notes {
		if n.Category == "description" && r.Overview == "" {
			r.Overview = n.Text
		}
	}
	for _, x := range d.References {
		r.name(x.Summary)
	}
	for _, x := range v.Vulnerabilities {
		r.name(x.CVE)
		for _, w := range x.CWEs {
			r.name(w.ID)
		}
		for _, m := range x.Metrics {
			for _, kind := range []string{"cvss_v4", "cvss_v3", "cvss_v2"} {
				var rating struct {
					Vector string `json:"vectorString"`
				}
				if json.Unmarshal(m.Content[kind], &rating) == nil {
					r.vector(rating.Vector)
				}
			}
		}
	}
	r.branches(v.Tree.Branches, "")
	return r
}

func (r *Record) branches(list []branch, vendor string) {
	for _, b := range list {
		if b.Category == "vendor" {
			vendor = b.Name
		}
		if b.Product.Name != "" {
			r.Products = append(r.Products, Product{Vendor: vendor, Name: b.Product.Name, CPE: b.Product.Helper.CPE})
		}
		r.branches(b.Branches, vendor)
	}
}
