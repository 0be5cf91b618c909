package api

import (
	"context"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/upkeep"
)

func (s *server) archive(ctx context.Context, _ *call, in *struct {
	Page
	Software string `query:"software" doc:"Name; every software when empty"`
}) (List[upkeep.ArchivedRelease], error) {
	all, err := upkeep.Archive(ctx, s.db, in.Software)
	if err != nil {
		return List[upkeep.ArchivedRelease]{}, err
	}
	return cut(all, func(a upkeep.ArchivedRelease) string { return a.ID }, in.Page)
}

func (s *server) lives(ctx context.Context, _ *call, in *struct{ Page }) (List[office.SystemLife], error) {
	all, err := office.SystemLives(ctx, s.db)
	if err != nil {
		return List[office.SystemLife]{}, err
	}
	return cut(all, func(l office.SystemLife) string { return l.ID }, in.Page)
}

func (s *server) compare(ctx context.Context, _ *call, in *struct {
	Software string `query:"software" doc:"Name of what is procured; this or system"`
	System   string `query:"system"`
}) (office.Comparison, error) {
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return office.Comparison{}, err
	}
	for _, sw := range m.Software {
		if in.Software != "" && sw.Name == in.Software {
			return office.Compare(ctx, s.db, fact.Subject{Kind: fact.Software, ID: sw.ID}, sw.Name)
		}
	}
	for _, sys := range m.Systems {
		if in.System != "" && sys.Name == in.System {
			return office.Compare(ctx, s.db, fact.Subject{Kind: fact.System, ID: sys.ID}, sys.Name)
		}
	}
	return office.Comparison{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」という調達の対象はありません", "there is nothing %q to procure", in.Software+in.System),
		Next: lang.T("software 又は system に名称を指定してください", "give the name as software or system")}
}
