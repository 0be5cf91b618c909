package pdf

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
)

func role(r guideline.Role) lang.Text     { return chain.RoleName(r) }
func stance(s guideline.Stance) lang.Text { return chain.StanceName(s) }
