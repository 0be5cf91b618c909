package assess

import (
	"regexp"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/register"
)

// fillThreats lays out the threat models, the oldest first, and their threats.
func (d *desk) fillThreats(env *Env, about []fact.Subject, refs refs) {
	models := newest(d, about, func(s seen[fact.ThreatModel]) string { return s.data.Format + " " + s.data.Title })
	sheet, rows := d.worksheet(about)
	if len(rows) > 0 {
		models = append(models, sheet)
	}
	slices.SortStableFunc(models, func(a, b seen[fact.ThreatModel]) int { return a.ObservedAt.Compare(b.ObservedAt) })
	for _, s := range models {
		env.ThreatModels = append(env.ThreatModels, ThreatModelFact{Title: s.data.Title, Format: s.data.Format, MadeOn: s.ObservedAt,
			Treats: treats(s.data), Number: s.data.Total()})
		for _, t := range s.data.Threats {
			env.Threats = append(env.Threats, threat(t))
		}
		for _, name := range []string{"threat_models", "threats"} {
			if s.data == sheet.data {
				refs.enter(name, s.ValidUntil, rows...)
			} else {
				refs.add(name, s.ValidUntil, s.Document)
			}
		}
	}
}

// worksheet gives the rows of the STRIDE worksheet as the threat model they are, made when the last of them was approved and
// lasting as long as the one that ends first; and the records they are, none when there is no worksheet.
func (d *desk) worksheet(about []fact.Subject) (seen[fact.ThreatModel], []string) {
	out := seen[fact.ThreatModel]{&fact.Fact{}, &fact.ThreatModel{Format: "STRIDE", Title: "STRIDE"}}
	var rows []string
	for _, r := range d.records {
		if r.Kind != "threat" || !slices.Contains(about, r.Subject) {
			continue
		}
		out.data.Add(worksheetRow(r))
		rows = append(rows, r.ID)
		if r.ApprovedAt.After(out.ObservedAt) {
			out.ObservedAt = r.ApprovedAt
		}
		if !r.ValidUntil.IsZero() && (out.ValidUntil.IsZero() || r.ValidUntil.Before(out.ValidUntil)) {
			out.ValidUntil = r.ValidUntil
		}
	}
	return out, rows
}

func worksheetRow(r register.Record) fact.Threat {
	t := fact.Threat{ID: r.Key, Title: r.Text("title"), Target: r.Text("element"), Severity: r.Text("level"), Reason: r.Text("reason"),
		Categories: []string{strings.ReplaceAll(r.Text("stride"), "_", "-")}, Status: worksheetStatus[r.Text("treatment")]}
	if text := r.Text("mitigation"); text != "" {
		t.Mitigations = []fact.Mitigation{{Text: text}}
	}
	t.Reference = strings.Join(register.Strings(r, "requirements"), ", ")
	return t
}

// worksheetStatus gives the state of a threat by its treatment; a threat without one is open.
var worksheetStatus = map[string]fact.ThreatStatus{"": fact.ThreatOpen, "mitigate": fact.ThreatMitigated, "accept": fact.ThreatAccepted,
	"transfer": fact.ThreatAccepted, "not_applicable": fact.ThreatNotApplicable}

func threat(t fact.Threat) ThreatFact {
	written := slices.ContainsFunc(t.Mitigations, func(m fact.Mitigation) bool { return strings.TrimSpace(m.Text) != "" })
	out := ThreatFact{ID: t.ID, Label: t.Title, Level: levelOf(t), Status: string(t.Status), Reason: t.Reason != "", Traced: true}
	if t.Target != "" {
		out.Label += " (" + t.Target + ")"
	}
	switch t.Status {
	case fact.ThreatMitigated:
		out.Decided, out.Traced = true, written || t.Reference != "" || t.Reason != ""
	case fact.ThreatAccepted, fact.ThreatNotApplicable:
		out.Decided = true
	default:
		out.Decided = written || t.Reference != ""
	}
	return out
}

// levelOf gives the level of a threat: the model's own word, else from what OTM says of likelihood and impact, both from 0
// to 100. High is both at 70 or their like, medium both at 40.
func levelOf(t fact.Threat) string {
	switch risk := t.Likelihood * t.Impact; {
	case t.Severity != "":
		return t.Severity
	case risk >= 70*70:
		return "high"
	case risk >= 40*40:
		return "medium"
	case risk > 0:
		return "low"
	}
	return ""
}

// themes are the subjects of S(1)-1.1 that a model has to treat, and how a threat shows that it is about one: its category of STRIDE
// (spoofing is about who somebody is, elevation of privilege about what somebody may do), else the words it is written in.
var themes = []struct {
	topic, category string
	words           func() *regexp.Regexp
}{
	{"identity", "spoofing", pattern.Of(`(?i)authenticat|identit|impersonat|spoof|sign-?in|log-?in|なりすまし|本人確認|認証`)},
	{"access_control", "elevation-of-privilege", pattern.Of(`(?i)authori[sz]ation|access control|access right|privilege|permission|アクセス制御|アクセス権|権限|認可`)},
	{"credentials", "", pattern.Of(`(?i)credential|password|passphrase|secret|api key|private key|signing key|\btokens?\b|vault|認証情報|パスワード|秘密鍵|署名鍵|暗号鍵|トークン`)},
	{"personal_data", "", pattern.Of(`(?i)personal (data|information)|personally identif|privacy|\bpii\b|\bgdpr\b|個人データ|個人情報|プライバシー`)},
}

// treats gives the subjects that the threats of a model are about. What its threats do not speak of, a record can say: of
// a model by a person, that it is treated elsewhere or absent.
func treats(m *fact.ThreatModel) []string {
	out := []string{}
	for _, theme := range themes {
		if slices.ContainsFunc(m.Threats, func(t fact.Threat) bool {
			return theme.category != "" && slices.Contains(t.Categories, theme.category) || theme.words().MatchString(threatWords(t))
		}) {
			out = append(out, theme.topic)
		}
	}
	return out
}

func threatWords(t fact.Threat) string {
	words := append([]string{t.Title, t.Reason}, t.Categories...)
	for _, m := range t.Mitigations {
		words = append(words, m.Text)
	}
	return strings.Join(words, "\n")
}
