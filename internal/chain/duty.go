package chain

import (
	"slices"

	"example.org/tasuki/guideline"
)

// A Duty is one individual requirement that one engagement answers for (責務として果たす個別要求). Duties are derived,
// never stored by hand: requirements of the role, at the level, minus what a limited support engagement was not given.
type Duty struct {
	Arrangement string           `json:"arrangement"`
	Engagement  string           `json:"engagement"`
	Party       string           `json:"party"`
	Software    string           `json:"software,omitempty"`
	System      string           `json:"system,omitempty"`
	Role        guideline.Role   `json:"role"`
	Stance      guideline.Stance `json:"stance"`
	Level       guideline.Level  `json:"level"`
	Requirement guideline.ID     `json:"requirement"`
}

// Level gives the level an engagement works at: what was asked of it, else what the customer set for the arrangement.
func (e Engagement) Level(a Arrangement) guideline.Level {
	if e.LevelAsked != "" {
		return e.LevelAsked
	}
	return a.Level
}

// RequirementsOf gives what an engagement answers for, in the guideline's order (4.1, 4.2: R-4.1-06, R-4.2-05,
// R-4.2-07). A principal, unmarked or platform engagement answers for the whole set of its role at its level
// (R-4.2-09); only a support engagement may be limited, and items outside the role's set never become duties.
func RequirementsOf(c *guideline.Catalog, a Arrangement, e Engagement) []guideline.ID {
	ids := c.Duties([]guideline.Role{e.Role}, e.Level(a))
	if e.Stance != guideline.Support || len(e.Passed) == 0 {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id guideline.ID) bool { return !slices.Contains(e.Passed, id) })
}

// Duties derives every duty of every engagement of the model, arrangement by arrangement in the model's order.
func Duties(c *guideline.Catalog, m Model) []Duty {
	var out []Duty
	for _, a := range m.Arrangements {
		for _, e := range a.Engagements {
			for _, id := range RequirementsOf(c, a, e) {
				out = append(out, Duty{Arrangement: a.ID, Engagement: e.ID, Party: e.Party, Software: a.Software, System: a.System,
					Role: e.Role, Stance: e.Stance, Level: e.Level(a), Requirement: id})
			}
		}
	}
	return out
}
