package triage

import (
	"bytes"
	_ "embed" // the tables
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/internal/lang"
)

//go:embed data/ssvc.yaml
var ssvc []byte

// point is a question with its possible answers.
type point struct {
	ID     string    `yaml:"id"`
	Title  lang.Text `yaml:"title"`
	Values []value   `yaml:"values"`
}

type value struct {
	Key  string `yaml:"key"`
	Name string `yaml:"name"`
	JA   string `yaml:"ja"`
}

func (p point) value(key string) value {
	i := slices.IndexFunc(p.Values, func(v value) bool { return v.Key == key })
	if i < 0 {
		panic("triage: " + p.ID + " has no value " + key) // the data is embedded and every row of it tested
	}
	return p.Values[i]
}

func (p point) name(key string) string { return p.value(key).Name }
func (p point) ja(key string) string   { return p.value(key).JA }

// table gives an outcome for every combination of its inputs.
type table struct {
	ID      string    `yaml:"id"`
	Title   lang.Text `yaml:"title"`
	Inputs  []string  `yaml:"inputs"`
	Outcome string    `yaml:"outcome"`
	Rows    []struct {
		When []string `yaml:"when"` // values of all inputs but the last
		Then []string `yaml:"then"` // outcomes over the values of the last
	} `yaml:"rows"`
}

// lookUp gives the outcome for the values of all inputs.
func (t table) lookUp(keys []string) string {
	last := len(keys) - 1
	for _, r := range t.Rows {
		if slices.Equal(r.When, keys[:last]) {
			values := published().point(t.Inputs[last]).Values
			return r.Then[slices.IndexFunc(values, func(v value) bool { return v.Key == keys[last] })]
		}
	}
	panic(fmt.Sprintf("triage: %s has no row %v", t.ID, keys)) // the data is embedded and every row of it tested
}

type publication struct {
	Points []point `yaml:"points"`
	Tables []table `yaml:"tables"`

	points   map[string]point // by id
	tables   map[string]table // by id
	deciders map[string]table // by the id of the outcome
}

var published = sync.OnceValue(func() *publication {
	p := &publication{points: map[string]point{}, tables: map[string]table{}, deciders: map[string]table{}}
	if err := yaml.NewDecoder(bytes.NewReader(ssvc), yaml.Strict()).Decode(p); err != nil {
		panic(err)
	}
	for _, q := range p.Points {
		p.points[q.ID] = q
	}
	for _, t := range p.Tables {
		p.tables[t.ID], p.deciders[t.Outcome] = t, t
	}
	return p
})

func (p *publication) point(id string) point {
	q, ok := p.points[id]
	if !ok {
		panic("triage: there is no point " + id)
	}
	return q
}

func (p *publication) table(id string) table {
	t, ok := p.tables[id]
	if !ok {
		panic("triage: there is no table " + id)
	}
	return t
}

// deciding gives the table whose outcome answers a point.
func (p *publication) deciding(id string) (table, bool) {
	t, ok := p.deciders[id]
	return t, ok
}
