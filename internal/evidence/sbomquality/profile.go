package sbomquality

import (
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// Profile is a published list of minimum elements.
type Profile struct {
	ID     string
	Name   lang.Text
	Source string
	fields []field
}

// field is one data field and how its state is found: of the document, or of each component.
type field struct {
	id           string
	name, remedy lang.Text
	document     func(view) fact.Presence
	component    func(view, *fact.Component) fact.Presence
}

// Profiles gives all profiles, the default first.
func Profiles() []Profile { return []Profile{CISA2026(), NTIA2021()} }

// ByID gives the profile with an id; the empty id means the default.
func ByID(id string) (Profile, bool) {
	for _, p := range Profiles() {
		if p.ID == id || id == "" {
			return p, true
		}
	}
	return Profile{}, false
}

// CISA2026 is the list of 17 data fields of CISA, "2026 Minimum Elements for a Software Bill of Materials" (v2.1,
// 2026-07-29), which METI and NCO share. It is the default.
func CISA2026() Profile {
	return Profile{
		ID:     "cisa2026",
		Name:   lang.T("CISA 2026年版 SBOM最小要素", "CISA 2026 Minimum Elements for an SBOM"),
		Source: "CISA, 2026 Minimum Elements for a Software Bill of Materials (SBOM), v2.1, 2026-07-29",
		fields: []field{
			author(false),
			{id: "signature", name: lang.T("作成者の署名", "Author signature"),
				remedy:   lang.T("SBOMに署名を埋め込むか、別ファイルの署名を添えてください。", "Embed a signature, or add a detached one."),
				document: func(v view) fact.Presence { return presentIf(v.sbom.Signed || v.outside.Signature) }},
			{id: "format_name", name: lang.T("データ形式の名称", "Data format name"),
				remedy:   lang.T("CycloneDXまたはSPDXで作成してください。", "Write it in CycloneDX or SPDX."),
				document: func(v view) fact.Presence { return presentIf(v.sbom.Format != "") }},
			{id: "format_version", name: lang.T("データ形式の版", "Data format version"),
				remedy:   lang.T("形式の版を記載してください。", "State the version of the format."),
				document: func(v view) fact.Presence { return presentIf(v.sbom.SpecVersion != "") }},
			{id: "generation_context", name: lang.T("作成の段階", "Generation context"),
				remedy:   lang.T("ソース・ビルド・運用など、どの段階の情報から作ったかを記載してください(CycloneDXはmetadata.lifecycles、SPDXはcreationInfo.comment)。", "State from which stage it was made, such as source, build or operations (CycloneDX: metadata.lifecycles; SPDX: creationInfo.comment)."),
				document: func(v view) fact.Presence { return presentIf(len(v.sbom.Lifecycles) > 0) }},
			timestamp(),
			{id: "tool_name", name: lang.T("作成ツールの名称", "Tool name"),
				remedy: lang.T("SBOMを作成したツールの名称を記載してください。", "State the name of the tool that made the SBOM."),
				document: func(v view) fact.Presence {
					return toolsHave(v, func(t fact.Tool) string { return t.Name })
				}},
			{id: "tool_version", name: lang.T("作成ツールの版", "Tool version"),
				remedy: lang.T("SBOMを作成したツールの版を記載してください。", "State the version of the tool that made the SBOM."),
				document: func(v view) fact.Presence {
					return toolsHave(v, func(t fact.Tool) string { return t.Version })
				}},
			{id: "sbom_version", name: lang.T("SBOMの版", "SBOM version"),
				remedy: lang.T("CycloneDXではserialNumberとversionを記載してください。SPDX 2には対応する項目がありません。", "In CycloneDX state serialNumber and version. SPDX 2 has no member for it."),
				document: func(v view) fact.Presence {
					return presentIf(v.sbom.Serial != "" && v.sbom.Version != "")
				}},
			of("producer", fact.FieldProducer, lang.T("部品の作成者", "Component producer"),
				lang.T("部品を作った組織または人を記載してください(CycloneDXはmanufacturerかauthors、SPDXはPackageOriginator)。不明なら不明と明記してください。", "State who made the component (CycloneDX: manufacturer or authors; SPDX: PackageOriginator). If unknown, say so.")),
			name(), version(), identifier(),
			hash("hash_value", lang.T("ハッシュ値", "Hash value"),
				lang.T("部品のハッシュ値を記載してください。", "State a hash of the component."), func(h fact.Hash) bool { return h.Value != "" }),
			hash("hash_algorithm", lang.T("ハッシュの方式", "Hash algorithm"),
				lang.T("ハッシュ値とともに方式(SHA-256など)を記載してください。", "State the algorithm (such as SHA-256) with each hash."), func(h fact.Hash) bool { return h.Alg != "" }),
			of("license", fact.FieldLicense, lang.T("ライセンス", "License"),
				lang.T("部品のライセンスを記載してください。不明なら不明と明記してください。", "State the license of the component. If unknown, say so.")),
			dependencies(),
		},
	}
}

// NTIA2021 is the list of 7 data fields of NTIA, "The Minimum Elements For a Software Bill of Materials" (2021-07-12).
// It knows no difference between who made a component and who supplies it, and a tool may be the author.
func NTIA2021() Profile {
	return Profile{
		ID:     "ntia2021",
		Name:   lang.T("NTIA 2021年版 SBOM最小要素", "NTIA 2021 Minimum Elements for an SBOM"),
		Source: "NTIA, The Minimum Elements For a Software Bill of Materials (SBOM), 2021-07-12",
		fields: []field{
			{id: "supplier", name: lang.T("供給者名", "Supplier name"),
				remedy: lang.T("部品の供給者を記載してください。不明なら不明と明記してください。", "State the supplier of the component. If unknown, say so."),
				component: func(_ view, c *fact.Component) fact.Presence {
					s, p := c.Presence(fact.FieldSupplier), c.Presence(fact.FieldProducer)
					if s == fact.Present || p == fact.Absent {
						return s
					}
					if p == fact.Present || s == fact.Absent {
						return p
					}
					return s
				}},
			name(), version(), identifier(), dependencies(), author(true), timestamp(),
		},
	}
}

// of makes a field that a component states or not.
func of(id string, f fact.Field, name, remedy lang.Text) field {
	return field{id: id, name: name, remedy: remedy, component: func(_ view, c *fact.Component) fact.Presence { return c.Presence(f) }}
}

func name() field {
	return of("name", fact.FieldName, lang.T("部品名", "Component name"),
		lang.T("部品の名称を記載してください。", "State the name of the component."))
}

func version() field {
	return of("version", fact.FieldVersion, lang.T("部品の版", "Component version"),
		lang.T("部品の版を記載してください。不明ならUNKNOWNと明記してください。", "State the version of the component. If unknown, write UNKNOWN."))
}

func identifier() field {
	return of("identifier", fact.FieldIdentifier, lang.T("部品の識別子", "Component identifier"),
		lang.T("purlやCPEなど、部品の識別子を一つ以上記載してください。", "State at least one identifier of the component, such as a purl or a CPE."))
}

func hash(id string, name, remedy lang.Text, has func(fact.Hash) bool) field {
	return field{id: id, name: name, remedy: remedy, component: func(_ view, c *fact.Component) fact.Presence {
		for _, h := range c.Hashes {
			if has(h) {
				return fact.Present
			}
		}
		if p, ok := c.Said[fact.FieldHash]; ok {
			return p
		}
		return fact.Absent
	}}
}

func dependencies() field {
	return field{id: "dependencies", name: lang.T("依存関係", "Dependency relationship"),
		remedy:    lang.T("部品が何に含まれ、何に依存するかを記載してください。依存先がないときや不明なときは、そのことを明記してください。", "State what the component is part of and what it depends on. If it depends on nothing, or that is unknown, say so."),
		component: func(v view, c *fact.Component) fact.Presence { return v.dependencies(c) }}
}

func author(toolCounts bool) field {
	return field{id: "author", name: lang.T("SBOMの作成者", "SBOM author"),
		remedy: lang.T("SBOMを作成した組織または人を記載してください(CycloneDXはmetadata.authorsかmetadata.manufacturer、SPDXはCreator)。", "State who made the SBOM (CycloneDX: metadata.authors or metadata.manufacturer; SPDX: Creator)."),
		document: func(v view) fact.Presence {
			if len(v.sbom.Authors) > 0 || toolCounts && len(v.sbom.Tools) > 0 {
				return fact.Present
			}
			if v.sbom.AuthorSaid != "" {
				return v.sbom.AuthorSaid
			}
			return fact.Absent
		}}
}

func timestamp() field {
	return field{id: "timestamp", name: lang.T("作成日時", "Timestamp"),
		remedy:   lang.T("SBOMの作成日時を「2026-04-01T09:00:00Z」の形で記載してください。", "State when the SBOM was made, in the form 2026-04-01T09:00:00Z."),
		document: func(v view) fact.Presence { return presentIf(!v.sbom.CreatedAt.IsZero()) }}
}

func toolsHave(v view, get func(fact.Tool) string) fact.Presence {
	state := fact.Absent
	for _, t := range v.sbom.Tools {
		s := get(t)
		if said, ok := fact.SaidOf(s); ok && state == fact.Absent {
			state = said
		} else if s != "" && !ok {
			return fact.Present
		}
	}
	return state
}
