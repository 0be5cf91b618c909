package input

import (
	"encoding/json"
	"slices"
	"strconv"
	"unsafe"

	"example.org/tasuki/internal/lang"
)

// DocOf gives as a [Doc] what [JSON] or [YAML] gave, so that both can be read in one way. It is refused when it is above
// the limit of a document once every alias is written out.
func DocOf(tree any) (*Doc, error) {
	m := maker{}
	if !m.value(tree) {
		return nil, Refuse("", lang.F("別名(エイリアス)を展開すると上限の%d MiBを超えます", "with its aliases written out it is above the limit of %d MiB", MaxBytes>>20))
	}
	return &Doc{text: unsafe.String(unsafe.SliceData(m.text), len(m.text)), nodes: m.nodes}, nil
}

// maker writes a tree as nodes. Its texts stand one behind the other, without quotes and escapes.
type maker struct {
	text  []byte
	nodes []node
}

func (m *maker) scalar(kind Kind, s string) bool {
	start := uint32(len(m.text))
	m.text = append(m.text, s...)
	m.nodes = append(m.nodes, node{start, uint32(len(m.text)), uint32(len(m.nodes) + 1), kind, false})
	return len(m.text) <= MaxBytes
}

// value writes one value and reports whether the limit still holds.
func (m *maker) value(v any) bool {
	at := len(m.nodes)
	switch v := v.(type) {
	case string:
		return m.scalar(KindString, v)
	case json.Number:
		return m.scalar(KindNumber, v.String())
	case bool:
		return m.scalar(KindBool, strconv.FormatBool(v))
	case map[string]any:
		m.scalar(KindObject, "")
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !m.scalar(KindString, name) || !m.value(v[name]) {
				return false
			}
		}
	case []any:
		m.scalar(KindArray, "")
		for _, item := range v {
			if !m.value(item) {
				return false
			}
		}
	default:
		return m.scalar(KindNull, "null")
	}
	m.nodes[at].next = uint32(len(m.nodes))
	return true
}
