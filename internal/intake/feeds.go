package intake

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// FeedsSetting is the key of the setting that says how sources of advisory data are fetched: name to [FeedSetting].
const FeedsSetting = "feeds"

// FeedSetting is how one source is fetched.
type FeedSetting struct {
	URL        string   `json:"url,omitempty"`        // instead of the source's own; a mirror, a CSAF provider
	Ecosystems []string `json:"ecosystems,omitempty"` // OSV: these alone
	Key        string   `json:"key,omitempty"`        // CSAF: fingerprint of the OpenPGP key known to be the provider's
	On         bool     `json:"on,omitempty"`         // fetched with the others although it is fetched only when asked for
	Off        bool     `json:"off,omitempty"`        // not fetched with the others
	Hours      int      `json:"hours,omitempty"`      // the server fetches it that often by itself; 0: it does not
}

// FeedState is a source, how it is fetched, and how far it was read.
type FeedState struct {
	store.AdvisorySource
	Title   lang.Text   `json:"-"`
	Terms   string      `json:"terms"`
	Setting FeedSetting `json:"setting"`
	From    string      `json:"from"`    // address it is fetched from; empty: none is set
	Fetched bool        `json:"fetched"` // fetched when no source is named
	AgeDays *int        `json:"age_days"`
	State   FeedHealth  `json:"state"`
}

// FeedHealth says in one word what a source is worth.
type FeedHealth string

// The states. Only a fresh source is ground for saying that nothing was found.
const (
	FeedNever   FeedHealth = "never"   // never read
	FeedEmpty   FeedHealth = "empty"   // read, and it holds nothing
	FeedFailing FeedHealth = "failing" // the last attempt failed
	FeedOld     FeedHealth = "old"     // older than the policy allows
	FeedFresh   FeedHealth = "fresh"
)

// Text says the state to people.
func (h FeedHealth) Text() lang.Text {
	switch h {
	case FeedNever:
		return lang.T("未取得", "never fetched")
	case FeedEmpty:
		return lang.T("空", "empty")
	case FeedFailing:
		return lang.T("取得に失敗", "failing")
	case FeedOld:
		return lang.T("古い", "old")
	}
	return lang.T("正常", "fresh")
}

// health judges a source at a time.
func health(s store.AdvisorySource, maxDays int, now time.Time) FeedHealth {
	switch {
	case s.LoadedAt.IsZero():
		return FeedNever
	case s.Count == 0:
		return FeedEmpty
	case s.Error != "":
		return FeedFailing
	case now.Sub(s.LoadedAt) > time.Duration(maxDays)*24*time.Hour:
		return FeedOld
	}
	return FeedFresh
}

// Feeds gives every source, also those that were never read, in the order in which they are fetched.
func Feeds(ctx context.Context, db *store.DB) ([]FeedState, error) {
	settings := map[string]FeedSetting{}
	if _, err := db.Setting(ctx, FeedsSetting, &settings); err != nil {
		return nil, err
	}
	policy, err := db.Policy(ctx)
	if err != nil {
		return nil, err
	}
	read, err := db.AdvisorySources(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range feed.Sources() {
		names = append(names, s.Name)
	}
	own := map[string]bool{}
	for name := range settings {
		own[name] = true
	}
	for _, s := range read {
		own[s.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	out := []FeedState{}
	for _, name := range names {
		f := FeedState{AdvisorySource: store.AdvisorySource{Name: name}, Setting: settings[name]}
		if i := slices.IndexFunc(read, func(s store.AdvisorySource) bool { return s.Name == name }); i >= 0 {
			f.AdvisorySource = read[i]
		}
		source, known := feed.Find(name)
		f.Title, f.Terms, f.From = source.Title, source.Terms, source.URL
		if f.Setting.URL != "" {
			f.From = f.Setting.URL
		}
		_, set := settings[name]
		f.Fetched = known && !f.Setting.Off && (!source.Asked || f.Setting.On || feed.IsProvider(name) && set)
		if !f.LoadedAt.IsZero() {
			days := int(db.Now().Sub(f.LoadedAt).Hours() / 24)
			f.AgeDays = &days
		}
		f.State = health(f.AdvisorySource, policy.Value("feed_max_days"), db.Now())
		out = append(out, f)
	}
	return out, nil
}

func noFeed(name string) error {
	var names []string
	for _, s := range feed.Sources() {
		names = append(names, s.Name)
	}
	return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」という情報源はありません", "there is no source %q", name),
		Next: lang.F("%s、又は csaf:名前 を指定してください", "give one of %s, or csaf:NAME", strings.Join(names, ", "))}
}

// SetFeed sets how a source is fetched. The zero setting goes back to the source's own ways.
func SetFeed(ctx context.Context, db *store.DB, actor store.Actor, name string, s FeedSetting) error {
	if _, ok := feed.Find(name); !ok {
		return noFeed(name)
	}
	if s.URL != "" && !strings.HasPrefix(s.URL, "https://") {
		return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は https のアドレスではありません", "%q is no https address", s.URL),
			Next: lang.T("https:// で始まるアドレスを指定してください。ファイルは tasuki feeds import で取り込めます", "give an address that starts with https://; bring files in with tasuki feeds import")}
	}
	s.Key = strings.ToUpper(strings.ReplaceAll(s.Key, " ", ""))
	return store.ChangeEntry(ctx, db, actor, FeedsSetting, name, func(*store.Tx) FeedSetting { return s })
}

// FeedResult says what came of a fetch or import of one source.
type FeedResult struct {
	Source   string         `json:"source"`
	Changed  bool           `json:"changed"`
	Count    int64          `json:"count"`
	Newest   time.Time      `json:"newest,omitzero"`
	Fetched  time.Time      `json:"fetched"`
	Checks   []feed.Check   `json:"checks,omitempty"`
	Problems []fact.Problem `json:"problems,omitempty"`
	Failure  string         `json:"failure,omitempty"` // what could not be fetched; what could was taken over
	Err      error          `json:"-"`
}

// A taker takes what a source brought into the store, from a folder, and gives how much it holds now. It may be done again.
type taker func(ctx context.Context, db *store.DB, actor store.Actor, name, dir string, files []string, fetched time.Time) (taken, error)

// taken is what a taker took.
type taken struct {
	count    int64
	newest   time.Time
	problems []fact.Problem
}

// takerOf gives who takes what a source brings; nil for those whose records go into the index.
func takerOf(name string) taker {
	switch {
	case name == feed.KEV:
		return takeKEV
	case name == feed.EPSS:
		return takeEPSS
	case name == feed.EndOfLife:
		return takeEndOfLife
	case name == feed.NVD:
		return takeNVD
	case name == feed.JVN:
		return takeJVN
	case feed.IsProvider(name):
		return takeCSAF
	}
	return nil
}

// FetchFeeds fetches the named sources, or all that are fetched without being named, one after the other. One that fails
// does not stop the others: its result says so.
func FetchFeeds(ctx context.Context, db *store.DB, actor store.Actor, c *feed.Client, names ...string) ([]FeedResult, error) {
	states, err := Feeds(ctx, db)
	if err != nil {
		return nil, err
	}
	var wanted []FeedState
	for _, name := range names {
		i := slices.IndexFunc(states, func(s FeedState) bool { return s.Name == name })
		if i < 0 {
			source, ok := feed.Find(name)
			if !ok {
				return nil, noFeed(name)
			}
			wanted = append(wanted, FeedState{AdvisorySource: store.AdvisorySource{Name: name}, Title: source.Title, From: source.URL})
			continue
		}
		wanted = append(wanted, states[i])
	}
	if len(names) == 0 {
		wanted = slices.DeleteFunc(states, func(s FeedState) bool { return !s.Fetched })
	}
	var out []FeedResult
	for _, s := range wanted {
		before, err := judging.FeedStates(ctx, db)
		if err != nil {
			return out, err
		}
		r, err := fetchFeed(ctx, db, actor, c, s)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		r.Source = s.Name
		if err != nil {
			r.Failure, r.Err = err.Error(), err
			note := db.InTx(ctx, actor, func(tx *store.Tx) error {
				if err := tx.FailAdvisorySource(ctx, s.Name, s.From, err.Error()); err != nil {
					return err
				}
				return tx.Audit(ctx, "failed", store.Object{Kind: "advisories", ID: s.Name}, map[string]any{"error": err.Error()})
			})
			if note != nil {
				return out, note
			}
		}
		if err != nil || !r.Changed { // else whoever took it over judged
			if _, err := judging.Delivered(ctx, db, actor, "advisories fetched", before, s.Name); err != nil {
				return out, err
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// FetchDue fetches the sources that are set to be fetched by themselves and whose last attempt is long enough ago.
func FetchDue(ctx context.Context, db *store.DB, actor store.Actor, c *feed.Client) ([]FeedResult, error) {
	states, err := Feeds(ctx, db)
	if err != nil {
		return nil, err
	}
	var due []string
	for _, s := range states {
		last := s.LoadedAt
		if s.TriedAt.After(last) {
			last = s.TriedAt
		}
		if s.Setting.Hours > 0 && db.Now().Sub(last) >= time.Duration(s.Setting.Hours)*time.Hour {
			due = append(due, s.Name)
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	return FetchFeeds(ctx, db, actor, c, due...)
}

// fetchFeed fetches one source and takes over what is new. What came of a fetch that failed in part is taken over too.
func fetchFeed(ctx context.Context, db *store.DB, actor store.Actor, c *feed.Client, s FeedState) (FeedResult, error) {
	unlock, err := lockAdvisories(db)
	if err != nil {
		return FeedResult{}, err
	}
	defer unlock()
	if err := finishPending(ctx, db, actor); err != nil {
		return FeedResult{}, err
	}
	source, _ := feed.Find(s.Name)
	incoming, err := emptyIncoming(db)
	if err != nil {
		return FeedResult{}, err
	}
	parts, err := db.FeedParts(ctx, s.Name)
	if err != nil {
		return FeedResult{}, err
	}
	kept := portfolio.AdvisoryPath(db, "records")
	if takerOf(s.Name) != nil {
		kept = sourcePath(db, s.Name)
	}
	tellProgress(db, s.Name, "fetch", 0, 1)
	got, failure := source.Fetch(ctx, c, feed.Options{URL: s.From, Kept: kept, New: incoming, Parts: asParts(parts), Ecosystems: s.Setting.Ecosystems,
		Now: db.Now(), Tell: throttled(db, s.Name)})
	if ctx.Err() != nil {
		return FeedResult{}, ctx.Err()
	}
	r := FeedResult{Changed: got.Changed(), Fetched: db.Now(), Checks: got.Checks, Problems: got.Problems}
	if failure != nil && !got.Changed() {
		return r, failure
	}
	p := pending{Source: s.Name, Fetched: r.Fetched, Whole: got.Whole, Single: got.Single, All: len(got.Whole) > 0, Parts: ofParts(got.Parts), URL: s.From, Digest: got.Digest}
	if failure != nil {
		p.Failure = failure.Error()
		r.Failure, r.Err = p.Failure, failure
	}
	if !got.Changed() {
		return r, confirm(ctx, db, actor, p, &r)
	}
	if take := takerOf(s.Name); take != nil {
		err = takeFiles(ctx, db, actor, take, p, got.Checks, &r)
	} else {
		_, err = takeOver(ctx, db, actor, p)
		if err == nil {
			var now store.AdvisorySource
			now, err = sourceOf(ctx, db, s.Name)
			r.Count, r.Newest = now.Count, now.Newest
		}
	}
	tellProgress(db, s.Name, "", 1, 1)
	return r, err
}

// sourcePath is where the files of a source that is not in the index are kept.
func sourcePath(db *store.DB, name string) string {
	return portfolio.AdvisoryPath(db, "sources", strings.ReplaceAll(name, ":", "_"))
}

// throttled tells progress at most a few times a second.
func throttled(db *store.DB, name string) func(string, int, int) {
	var last time.Time
	return func(what string, done, total int) {
		if now := time.Now(); now.Sub(last) > 300*time.Millisecond { // of the terminal, not of the data
			last = now
			tellProgress(db, name, what, done, total)
		}
	}
}

// confirm writes down that what is kept is still what the source has.
func confirm(ctx context.Context, db *store.DB, actor store.Actor, p pending, r *FeedResult) error {
	s, err := sourceOf(ctx, db, p.Source)
	if err != nil {
		return err
	}
	s.LoadedAt, s.TriedAt, s.URL, s.Error = p.Fetched, p.Fetched, p.URL, ""
	r.Count, r.Newest = s.Count, s.Newest
	tellProgress(db, p.Source, "", 1, 1)
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := judging.SaveSource(ctx, tx, s); err != nil {
			return err
		}
		if err := tx.SaveFeedParts(ctx, p.Source, p.Parts); err != nil {
			return err
		}
		return tx.Audit(ctx, "confirmed", store.Object{Kind: "advisories", ID: p.Source}, map[string]any{"count": s.Count})
	})
}

// takeFiles gives what came to its taker, keeps the files, and writes down how far the source was read.
func takeFiles(ctx context.Context, db *store.DB, actor store.Actor, take taker, p pending, checks []feed.Check, r *FeedResult) error {
	defer tellProgress(db, p.Source, "", 1, 1)
	before, err := judging.FeedStates(ctx, db)
	if err != nil {
		return err
	}
	t, err := take(ctx, db, actor, p.Source, portfolio.AdvisoryPath(db, "incoming"), p.Single, p.Fetched)
	r.Problems = append(r.Problems, t.problems...)
	if err != nil {
		return err
	}
	if t.count == 0 {
		return emptySource(p.Source)
	}
	if err := moveFiles(portfolio.AdvisoryPath(db, "incoming"), sourcePath(db, p.Source), p.Single); err != nil {
		return err
	}
	signed := map[string]string{}
	for _, c := range checks {
		signed[c.Digest] = c.Signer
	}
	for i := range p.Parts {
		if signer := signed[p.Parts[i].Digest]; signer != "" {
			p.Parts[i].Mark += signedBy + signer
		}
	}
	r.Count, r.Newest = t.count, t.newest
	s := store.AdvisorySource{Name: p.Source, Count: t.count, Newest: t.newest, LoadedAt: p.Fetched, Error: p.Failure, URL: p.URL, Digest: p.Digest}
	if p.URL != "" {
		s.TriedAt = p.Fetched
	}
	if old, err := sourceOf(ctx, db, p.Source); err != nil {
		return err
	} else if p.Failure != "" && !old.LoadedAt.IsZero() {
		s.LoadedAt = old.LoadedAt
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := judging.SaveSource(ctx, tx, s); err != nil {
			return err
		}
		if err := tx.SaveFeedParts(ctx, p.Source, p.Parts); err != nil {
			return err
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "advisories", ID: p.Source}, map[string]any{"count": t.count, "changed": len(p.Single)})
	})
	if err != nil {
		return err
	}
	if (p.Source == feed.KEV || p.Source == feed.EPSS || p.Source == feed.EndOfLife) && p.Failure == "" {
		return nil // their takers judged
	}
	var rated []fact.Subject
	if p.Source == feed.NVD || p.Source == feed.JVN { // what they rate may be the severity of any finding
		if rated, err = withFindings(ctx, db); err != nil {
			return err
		}
	}
	_, err = judging.Delivered(ctx, db, actor, p.Source+" imported", before, p.Source, rated...)
	return err
}

// withFindings gives the releases of which something was found.
func withFindings(ctx context.Context, db *store.DB) ([]fact.Subject, error) {
	components, err := db.ComponentsFound(ctx)
	if err != nil {
		return nil, err
	}
	releases, err := db.ReleasesHolding(ctx, components)
	return judging.SubjectsOf(releases), err
}

// signedBy stands in the mark of a fetched document before the fingerprint of the key whose signature holds.
const signedBy = " signed:"

func emptySource(name string) error {
	return &lang.Error{Kind: lang.Unreadable,
		What: lang.F("%s の内容が空です。前に取り込んだものはそのままです", "%s holds nothing; what was imported before stays", name),
		Why:  lang.T("空の情報源を「脆弱性なし」と読み違えないため、取り込みません", "an empty source must not read as the absence of vulnerabilities"),
		Next: lang.T("取得し直すか、別のファイルを指定してください", "fetch it again, or give another file")}
}

func asParts(kept []store.FeedPart) map[string]feed.Part {
	out := make(map[string]feed.Part, len(kept))
	for _, p := range kept {
		mark, _, _ := strings.Cut(p.Mark, signedBy)
		out[p.Address] = feed.Part{ETag: p.ETag, Modified: p.Modified, Digest: p.Digest, Mark: mark, At: p.FetchedAt}
	}
	return out
}

func ofParts(parts map[string]feed.Part) []store.FeedPart {
	out := []store.FeedPart{}
	for _, address := range slices.Sorted(maps.Keys(parts)) {
		p := parts[address]
		out = append(out, store.FeedPart{Address: address, ETag: p.ETag, Modified: p.Modified, Digest: p.Digest, Mark: p.Mark, FetchedAt: p.At})
	}
	return out
}

// ImportFeed takes a source in from a file or a folder, for where there is no network. fetched is when it was fetched.
func ImportFeed(ctx context.Context, db *store.DB, actor store.Actor, name, from string, fetched time.Time) (FeedResult, error) {
	r := FeedResult{Source: name, Changed: true, Fetched: fetched}
	if _, ok := feed.Find(name); !ok {
		return r, noFeed(name)
	}
	if _, err := os.Stat(from); err != nil {
		return r, &lang.Error{Kind: lang.Unreadable, Err: err, What: lang.F("「%s」を開けません", "cannot open %q", from)}
	}
	if name == feed.OSV {
		stats, err := ImportAdvisories(ctx, db, actor, from, fetched)
		r.Count, r.Newest, r.Problems = int64(stats.Count), stats.Newest, stats.Problems
		return r, err
	}
	unlock, err := lockAdvisories(db)
	if err != nil {
		return r, err
	}
	defer unlock()
	if err := finishPending(ctx, db, actor); err != nil {
		return r, err
	}
	incoming, err := emptyIncoming(db)
	if err != nil {
		return r, err
	}
	p := pending{Source: name, Fetched: fetched}
	take := takerOf(name)
	if take == nil {
		if err := packRecords(from, incoming, name); err != nil {
			return r, err
		}
		p.Whole, p.All = []string{name}, true
		stats, err := takeOver(ctx, db, actor, p)
		if err != nil {
			return r, err
		}
		now, err := sourceOf(ctx, db, name)
		r.Count, r.Newest, r.Problems = now.Count, now.Newest, stats.Problems
		return r, err
	}
	if p.Single, err = copyFiles(from, incoming, feed.File(name), wantedFile(name)); err != nil {
		return r, err
	}
	if feed.IsProvider(name) {
		bad, err := proveBeside(from, incoming, &p)
		r.Problems = append(r.Problems, bad...)
		if err != nil {
			return r, err
		}
	}
	err = takeFiles(ctx, db, actor, take, p, nil, &r)
	return r, err
}

// wantedFile says which files of a folder belong to a source.
func wantedFile(name string) func(file string) bool {
	ends := []string{".json"}
	switch name {
	case feed.NVD:
		ends = []string{".json", ".json.gz"}
	case feed.JVN:
		ends = []string{".rdf", ".xml", ".json"}
	}
	return func(file string) bool {
		return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(strings.ToLower(file), e) })
	}
}

// errNoFiles says that a folder holds nothing of a source.
var errNoFiles = errors.New("it holds no file of this source")
