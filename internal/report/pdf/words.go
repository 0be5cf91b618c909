package pdf

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
)

func role(r guideline.Role) lang.Text     { return r.Title() }
func stance(s guideline.Stance) lang.Text { return chain.StanceName(s) }
