package api

import (
	"context"
	"strings"
	"time"

	"example.org/tasuki/internal/store"
)

// AuditItem is an entry of the audit log with the name its actor goes by.
type AuditItem struct {
	store.Entry
	Name string `json:"actor_name"`
}

func (s *server) audit(ctx context.Context, _ *call, in *struct {
	Page
	Object string    `query:"object" doc:"KIND or KIND/ID"`
	Actor  string    `query:"actor" doc:"Name or id of an account"`
	Since  time.Time `query:"since" doc:"Only entries from this instant on"`
}) (List[AuditItem], error) {
	f := store.AuditFilter{Actor: in.Actor, Since: in.Since, Before: in.Cursor, Limit: in.Limit + 1}
	f.Object.Kind, f.Object.ID, _ = strings.Cut(in.Object, "/")
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return List[AuditItem]{}, err
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
		if a.Name == in.Actor {
			f.Actor = a.ID
		}
	}
	entries, err := s.db.AuditLog(ctx, f)
	if err != nil {
		return List[AuditItem]{}, err
	}
	out := List[AuditItem]{Items: []AuditItem{}}
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		out.Next = entries[in.Limit-1].ID
	}
	for _, e := range entries {
		name := names[e.Actor]
		if name == "" {
			name = e.Actor
		}
		out.Items = append(out.Items, AuditItem{e, name})
	}
	return out, nil
}
