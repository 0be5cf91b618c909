package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"example.org/tasuki/internal/lang"
)

// The limits of YAML are narrower than those of JSON: it is written by hand, and dear to parse.
const (
	MaxYAML      = 4 << 20 // bytes
	maxYAMLNodes = 500_000 // values, those behind an alias counted each time it is used
	maxYAMLDepth = 100
)

// YAML reads one YAML document within the limits into what [JSON] gives: maps with text keys, slices, strings, booleans,
// nil and json.Number. Dates stay text. A key that occurs twice in one mapping is refused, and so are several documents
// in one text, keys that are no plain value, and aliases that lead into themselves. Merge keys (<<) are followed.
func YAML(b []byte) (doc any, err error) {
	defer func() {
		if x := recover(); x != nil { // the parser is not ours: what it chokes on is refused
			doc, err = nil, Refuse("", lang.T("YAMLとして解釈できません", "the YAML cannot be made out"))
		}
	}()
	if len(b) > MaxYAML {
		return nil, Refuse("", lang.F("YAMLの大きさが上限の%d MiBを超えています", "the YAML is above the limit of %d MiB", MaxYAML>>20))
	}
	tokens := lexer.Tokenize(string(b))
	if err := shallow(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	y := &yamlWalk{anchors: map[string]ast.Node{}}
	found := false
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType || d.Body.Type() == ast.DirectiveType {
			continue
		}
		if found {
			return nil, Refuse(place(d.Body), lang.T("一つのファイルに複数のYAML文書があります", "there is more than one YAML document in the file"))
		}
		found = true
		if doc, err = y.value(d.Body, 0); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// YAMLKey reports whether the text has a line at its left edge that gives a value to the key: a look at a document that
// is not yet known to be YAML.
func YAMLKey(b []byte, key string) bool {
	for line := range bytes.Lines(b[:min(len(b), 256<<10)]) {
		if rest, ok := bytes.CutPrefix(line, []byte(key)); ok && bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte(":")) {
			return true
		}
	}
	return false
}

// shallow refuses what would take the parser too deep, before it runs: flow collections inside one another, and
// sequence entries, complex keys, tags and anchors one behind the other in a line.
func shallow(tokens token.Tokens) error {
	depth, line, inLine := 0, 0, 0
	for _, t := range tokens {
		if t.Position != nil && t.Position.Line != line {
			line, inLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth = max(0, depth-1)
			inLine = 0
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			inLine++
		case token.CollectEntryType:
			inLine = 0
		}
		if depth > maxYAMLDepth || inLine > maxYAMLDepth {
			return Refuse(fmt.Sprintf("line %d", line), lang.F("入れ子が%d段を超えています", "it is nested more than %d levels deep", maxYAMLDepth))
		}
	}
	return nil
}

func yamlError(err error) error {
	var at interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &at) {
		return Refuse("", lang.F("YAMLの書式が正しくありません(%s)", "the YAML is malformed (%s)", Clip(err.Error())))
	}
	where := ""
	if t := at.GetToken(); t != nil && t.Position != nil {
		where = fmt.Sprintf("line %d, column %d", t.Position.Line, t.Position.Column)
	}
	return Refuse(where, lang.F("YAMLの書式が正しくありません(%s)", "the YAML is malformed (%s)", Clip(at.GetMessage())))
}

func place(n ast.Node) string {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return fmt.Sprintf("line %d, column %d", t.Position.Line, t.Position.Column)
	}
	return ""
}

type yamlWalk struct {
	anchors map[string]ast.Node
	open    []string // aliases being followed
	nodes   int
}

func (y *yamlWalk) value(n ast.Node, depth int) (any, error) {
	if n == nil {
		return nil, nil
	}
	if depth > maxYAMLDepth {
		return nil, Refuse(place(n), lang.F("入れ子が%d段を超えています", "it is nested more than %d levels deep", maxYAMLDepth))
	}
	if y.nodes++; y.nodes > maxYAMLNodes {
		return nil, Refuse(place(n), lang.F("値が%d個を超えています", "it holds more than %d values", maxYAMLNodes))
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.IntegerNode, *ast.FloatNode:
		return number(n), nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.SequenceNode:
		out := make([]any, 0, len(n.Values))
		for _, v := range n.Values {
			x, err := y.value(v, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, x)
		}
		return out, nil
	case *ast.MappingNode:
		return y.mapping(n.Values, depth)
	case *ast.MappingValueNode:
		return y.mapping([]*ast.MappingValueNode{n}, depth)
	case *ast.AnchorNode:
		if n.Name != nil {
			y.anchors[text(n.Name)] = n.Value
		}
		return y.value(n.Value, depth+1)
	case *ast.AliasNode:
		return y.alias(n, depth)
	case *ast.TagNode:
		return y.value(n.Value, depth+1)
	}
	if s, ok := n.(ast.ScalarNode); ok { // infinity and not-a-number: kept as they are written
		return text(s), nil
	}
	return nil, Refuse(place(n), lang.T("ここでは使えないYAMLの書き方です", "this way of writing YAML cannot be used here"))
}

func (y *yamlWalk) alias(n *ast.AliasNode, depth int) (any, error) {
	name := text(n.Value)
	target, ok := y.anchors[name]
	if !ok {
		return nil, Refuse(place(n), lang.F("参照「*%s」の先がありません", "there is nothing that *%s refers to", Clip(name)))
	}
	for _, o := range y.open {
		if o == name {
			return nil, Refuse(place(n), lang.F("参照「*%s」が自分自身を含んでいます", "*%s refers into itself", Clip(name)))
		}
	}
	y.open = append(y.open, name)
	v, err := y.value(target, depth+1)
	y.open = y.open[:len(y.open)-1]
	return v, err
}

func (y *yamlWalk) mapping(values []*ast.MappingValueNode, depth int) (map[string]any, error) {
	out := make(map[string]any, len(values))
	var merged []map[string]any
	for _, m := range values {
		v, err := y.value(m.Value, depth+1)
		if err != nil {
			return nil, err
		}
		if m.Key.IsMergeKey() {
			merged = append(merged, maps(v)...)
			continue
		}
		key, err := mapKey(m.Key)
		if err != nil {
			return nil, err
		}
		if _, again := out[key]; again {
			return nil, Refuse(place(m.Key), lang.F("同じ名前「%s」が二度出てきます", "the name %q occurs twice", Clip(key)))
		}
		out[key] = v
	}
	for _, m := range merged { // the mapping's own keys go first, then earlier merges
		for k, v := range m {
			if _, own := out[k]; !own {
				out[k] = v
			}
		}
		if y.nodes += len(m); y.nodes > maxYAMLNodes {
			return nil, Refuse("", lang.F("値が%d個を超えています", "it holds more than %d values", maxYAMLNodes))
		}
	}
	return out, nil
}

func maps(v any) (out []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		for _, x := range v {
			if m, ok := x.(map[string]any); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

func mapKey(n ast.Node) (string, error) {
	switch k := n.(type) {
	case *ast.StringNode:
		return k.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return text(k), nil
	}
	return "", Refuse(place(n), lang.T("名前として使えるのは文字列だけです", "only plain text can be a key"))
}

func text(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	if t := n.GetToken(); t != nil {
		return strings.TrimSpace(t.Value)
	}
	return ""
}

// number gives a number as written when JSON writes it so too, and else as decimal.
func number(n ast.Node) any {
	s := text(n)
	if json.Valid([]byte(s)) {
		return json.Number(s)
	}
	switch v := n.(type) {
	case *ast.IntegerNode:
		return json.Number(fmt.Sprint(v.Value))
	case *ast.FloatNode:
		return json.Number(strconv.FormatFloat(v.Value, 'g', -1, 64))
	}
	return s
}
