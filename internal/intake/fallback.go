package intake

import (
	"context"

	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// withCPE gives the components that are kept with a CPE name, and the releases that hold them.
func withCPE(ctx context.Context, db *store.DB) (l looking, err error) {
	all, err := db.Components(ctx)
	if err != nil {
		return l, err
	}
	var ids []int64
	for _, c := range all {
		if names, _ := portfolio.NamesAndSources(c); len(names) > 0 {
			l.components = append(l.components, c)
			ids = append(ids, c.ID)
		}
	}
	l.releases, err = db.ReleasesHolding(ctx, ids)
	return l, err
}
