package api_test

import (
	"bytes"
	"fmt"
	"go/format"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
)

// A client is generated from the description that a server serves, compiled against nothing but the standard library,
// and does the main job against that server: from an SBOM to a bundle that verifies. People approve and sign in between,
// which no program may.
func TestGeneratedClientDoesTheMainJob(t *testing.T) {
	s := newSite(t, api.Options{})
	_, doc := s.openAPI()
	dir := t.TempDir()
	source := clientOf(t, doc)
	for name, content := range map[string][]byte{"client.go": source, "go.mod": []byte("module client\n\ngo 1.25\n"), "main.go": read(t, "testdata/client/main.go.txt"), "sbom.json": []byte(shop(t))} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "client")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-mod=mod")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the generated client does not compile: %v\n%s", err, out)
	}
	step := func(args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "SERVER="+s.url, "READ="+s.keys[auth.Read], "PUSH="+s.keys[auth.Push], "EDIT="+s.keys[auth.Edit])
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, err.(*exec.ExitError).Stderr)
		}
		return strings.TrimSpace(string(out))
	}
	draft := step("begin")

	ctx, signer, approver := t.Context(), store.Actor{Account: "signer", Via: store.Web}, store.Actor{Account: "approver", Via: store.Web}
	key, err := relay.NewSigningKey(ctx, s.db, signer, "Shop maker", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := relay.ApproveDeclaration(ctx, s.db, approver, draft, "password"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := relay.Issue(ctx, s.db, signer, draft, relay.Signing{Key: key.Private, Title: "代表取締役"}); err != nil {
		t.Fatal(err)
	}
	if err := exchange.SetTrust(ctx, s.db, signer, exchange.TrustedParty{Key: key.Trusted()}); err != nil {
		t.Fatal(err)
	}
	if got := step("finish", draft); !strings.Contains(got, "verified") {
		t.Errorf("%q", got)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// clientOf writes a typed client in Go from a description.
func clientOf(t *testing.T, doc openAPI) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(clientHead)
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		fmt.Fprintf(&b, "type %s %s\n\n", name, goType(doc.Components.Schemas[name]))
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			writeOperation(&b, strings.ToUpper(method), path, doc.Paths[path][method])
		}
	}
	out, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.Bytes())
	}
	return out
}

// writeOperation writes one method: parameters of the path in turn, the rest in a struct, then the body.
func writeOperation(b *bytes.Buffer, method, path string, op described) {
	name, answer := goName(op.ID), "[]byte"
	for media, c := range op.Responses["200"].Content {
		if media == "application/json" && c.Schema.Media == "" && c.Schema.Format != "binary" {
			answer = goType(c.Schema)
		}
	}
	var args, fields, sets, places string
	for _, p := range op.Parameters {
		if p.In == "path" {
			args += ", " + strings.ToLower(goName(p.Name)) + " string"
			places += fmt.Sprintf("\tpath = strings.ReplaceAll(path, %q, url.PathEscape(%s))\n", "{"+p.Name+"}", strings.ToLower(goName(p.Name)))
			continue
		}
		fields += fmt.Sprintf("\t%s %s\n", goName(p.Name), goType(p.Schema))
		sets += fmt.Sprintf("\tr.set(%q, %q, p.%s)\n", p.In, p.Name, goName(p.Name))
	}
	fmt.Fprintf(b, "type %sParams struct {\n%s}\n\n", name, fields)
	content := "nil, \"\""
	for _, media := range slices.Sorted(maps.Keys(op.Body.Content)) {
		schema := op.Body.Content[media].Schema
		switch {
		case media == "application/json" && schema.Ref != "":
			args, content = args+", body "+goType(schema), "inJSON(body), \"application/json\""
		case content == "nil, \"\"":
			args, content = args+", body io.Reader", "body, "+fmt.Sprintf("%q", media)
		}
		if strings.HasPrefix(content, "inJSON") {
			break
		}
	}
	fmt.Fprintf(b, "func (c Client) %s(ctx context.Context%s, p %sParams) (out %s, err error) {\n\tpath := %q\n%s\tr := c.request(%q, path, %s)\n%s\terr = c.do(ctx, r, &out)\n\treturn out, err\n}\n\n",
		name, args, name, answer, path, places, method, content, sets)
}

// goType writes a schema as a Go type.
func goType(s schema) string {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return name
	}
	kind, _ := s.Type.(string)
	if kinds, ok := s.Type.([]any); ok {
		kind, _ = kinds[0].(string)
	}
	switch {
	case kind == "array" && s.Items != nil:
		return "[]" + goType(*s.Items)
	case kind == "object" && len(s.Properties) > 0:
		var b strings.Builder
		b.WriteString("struct {\n")
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if name == "$schema" {
				continue
			}
			of, omit := goType(s.Properties[name]), ",omitempty"
			if s.Properties[name].Ref != "" && !slices.Contains(s.Required, name) {
				of = "*" + of
			}
			if slices.Contains(s.Required, name) {
				omit = ""
			}
			fmt.Fprintf(&b, "\t%s %s `json:%q`\n", goName(name), of, name+omit)
		}
		return b.String() + "}"
	case kind == "object":
		return "map[string]any"
	case kind == "integer":
		return "int64"
	case kind == "number":
		return "float64"
	case kind == "boolean":
		return "bool"
	case kind == "string":
		return "string"
	}
	return "any"
}

// goName writes get-software-status as GetSoftwareStatus.
func goName(s string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' || r == '$' || r == '.' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

const clientHead = `// Package main holds a client generated from an OpenAPI description.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

type Client struct{ Server, Key string }

type request struct {
	method, path string
	body         io.Reader
	query        url.Values
	header       http.Header
}

func (c Client) request(method, path string, body io.Reader, media string) *request {
	r := &request{method, path, body, url.Values{}, http.Header{}}
	if media != "" {
		r.header.Set("Content-Type", media)
	}
	return r
}

func (r *request) set(in, name string, v any) {
	text := fmt.Sprint(v)
	if text == "" || v == false || v == int64(0) || v == nil {
		return
	}
	if in == "header" {
		r.header.Set(name, text)
		return
	}
	r.query.Set(name, text)
}

func inJSON(v any) io.Reader {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return bytes.NewReader(b)
}

func (p ProblemDetails) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

func (c Client) do(ctx context.Context, r *request, out any) error {
	target := c.Server + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	q, err := http.NewRequestWithContext(ctx, r.method, target, r.body)
	if err != nil {
		return err
	}
	q.Header = r.header
	q.Header.Set("Authorization", "Bearer "+c.Key)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") {
		var p ProblemDetails
		if err := json.Unmarshal(b, &p); err != nil {
			return err
		}
		return p
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = b
		return nil
	}
	return json.Unmarshal(b, out)
}

`
