package chain

// Merge lays one model over another: what has the same id takes the place of what was there, the rest is added after
// it. Nothing is removed.
func Merge(under, over Model) Model {
	return Model{
		Parties:      lay(under.Parties, over.Parties, func(p Party) string { return p.ID }),
		Software:     lay(under.Software, over.Software, func(s Software) string { return s.ID }),
		Releases:     lay(under.Releases, over.Releases, func(r Release) string { return r.ID }),
		Systems:      lay(under.Systems, over.Systems, func(s System) string { return s.ID }),
		Arrangements: lay(under.Arrangements, over.Arrangements, func(a Arrangement) string { return a.ID }),
		Agreements:   lay(under.Agreements, over.Agreements, func(a Agreement) string { return a.ID }),
		Components:   lay(under.Components, over.Components, func(r ComponentRule) string { return r.ID }),
	}
}

func lay[T any](under, over []T, id func(T) string) []T {
	at := map[string]int{}
	out := make([]T, 0, len(under)+len(over))
	for _, v := range under {
		at[id(v)] = len(out)
		out = append(out, v)
	}
	for i, v := range over {
		// A second entry with an id of over itself is kept, so that Validate sees the duplicate.
		if j, ok := at[id(v)]; ok && j < len(under) && !inEarlier(over[:i], id, id(v)) {
			out[j] = v
			continue
		}
		out = append(out, v)
	}
	return out
}

func inEarlier[T any](vs []T, id func(T) string, want string) bool {
	for _, v := range vs {
		if id(v) == want {
			return true
		}
	}
	return false
}
