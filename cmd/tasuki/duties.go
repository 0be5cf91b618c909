package main

import (
	"slices"

	"example.org/tasuki/guideline"
)

type dutiesCmd struct {
	Role  string `help:"${help_role}" required:"" placeholder:"R[,R]"`
	Level string `help:"${help_level}" default:"standard" placeholder:"L"`
}

// Run prints which individual requirements the roles bear together at the level (tables 5 and 6).
func (c *dutiesCmd) Run(p *program) error {
	roles, err := parseRoles(c.Role)
	if err != nil {
		return err
	}
	level, err := parseLevel(c.Level)
	if err != nil {
		return err
	}
	catalog := guideline.Default()
	ids := catalog.Duties(roles, level)
	notes := []guideline.Note{}
	for _, id := range ids {
		in, _ := catalog.Individual(id)
		for _, n := range in.Notes {
			if len(n.RolesElsewhere) > 0 && overlapDiffers(roles, in.Roles, n.RolesElsewhere) {
				notes = append(notes, n)
			}
		}
	}
	result := struct {
		Count int              `json:"count"`
		IDs   []guideline.ID   `json:"ids"`
		Notes []guideline.Note `json:"notes"`
	}{len(ids), ids, notes}
	return p.print(result, func() {
		p.printf("%d 件", "%d requirements", len(ids))
		var rows [][]string
		for _, id := range ids {
			in, _ := catalog.Individual(id)
			rows = append(rows, []string{string(id), in.Title.In(p.lang)})
		}
		p.table(rows)
		for _, n := range notes {
			p.printf("注: %s", "note: %s", n.Text.In(p.lang))
		}
	})
}

// overlapDiffers reports whether the other printed set of roles would change the answer for these roles.
func overlapDiffers(asked, here, elsewhere []guideline.Role) bool {
	has := func(set []guideline.Role) bool {
		return slices.ContainsFunc(asked, func(r guideline.Role) bool { return slices.Contains(set, r) })
	}
	return has(here) != has(elsewhere)
}

func parseRoles(s string) ([]guideline.Role, error) { return guideline.ParseRoles(s) }

func parseLevel(s string) (guideline.Level, error) { return guideline.ParseLevel(s) }
