package bench_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rung"
	"rung/bench"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The schema in the binary is the Go types', their comments included, so neither is changed without the other.
func TestSchemaIsThatOfTheTypes(t *testing.T) {
	m := schemaMaker{comments: fieldComments(t), defs: map[string]any{}}
	m.ref(reflect.TypeFor[bench.Report]())
	root := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:" + strings.ReplaceAll(bench.ReportSchema, "/", ":"),
		"title": "A report of rung bench", "$ref": "#/$defs/Report", "$defs": m.defs,
	}
	want, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("report.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(bench.Schema, want) {
		t.Error("report.schema.json is not the types'; run `go test ./bench -run Schema -update`")
	}
}

// A report with every field filled is valid by the schema, and comes back from its JSON as it was; one that lacks a field
// or has a strange one is not valid.
func TestFullReportKeepsTheSchema(t *testing.T) {
	full := bench.Report{}
	fillAll(reflect.ValueOf(&full).Elem())
	full.Schema = bench.ReportSchema
	text, err := json.Marshal(&full)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, text); err != nil {
		t.Errorf("a full report: %v", err)
	}
	path := t.TempDir() + "/report.json"
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := bench.ReadReport(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*again, full) {
		t.Errorf("read back as %+v, not %+v", *again, full)
	}
	var raw map[string]any
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	delete(raw, "machine")
	if err := validate(t, mustJSON(t, raw)); err == nil {
		t.Error("a report without a machine is valid")
	}
	raw = map[string]any{}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	raw["machine"].(map[string]any)["colour"] = "blue"
	if err := validate(t, mustJSON(t, raw)); err == nil {
		t.Error("a machine with a colour is valid")
	}
}

// validate holds a report's JSON against the schema in the binary.
func validate(tb testing.TB, text []byte) error {
	tb.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bench.Schema))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.schema.json", doc); err != nil {
		tb.Fatal(err)
	}
	schema, err := c.Compile("report.schema.json")
	if err != nil {
		tb.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	return schema.Validate(v)
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// schemaMaker makes schemas of Go types: a definition for each struct, closed, with the fields' comments.
type schemaMaker struct {
	comments map[string]string // by TYPE or TYPE.FIELD
	defs     map[string]any
}

func (m *schemaMaker) ref(t reflect.Type) map[string]any {
	if _, there := m.defs[t.Name()]; !there {
		m.defs[t.Name()] = nil // a type may hold itself
		m.defs[t.Name()] = m.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

func (m *schemaMaker) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		p := m.schema(f.Type)
		if c := m.comments[t.Name()+"."+f.Name]; c != "" {
			p["description"] = c
		}
		properties[name] = p
		if !strings.HasPrefix(options, "omit") {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "description": m.comments[t.Name()], "properties": properties, "required": required, "additionalProperties": false}
}

func (m *schemaMaker) schema(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.schema(t.Elem())
	case reflect.Struct:
		return m.ref(t)
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": m.schema(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": m.schema(t.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	panic("no schema for " + t.String())
}

// fieldComments reads the comments of this package's types and their fields.
func fieldComments(t *testing.T) map[string]string {
	t.Helper()
	comments := map[string]string{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				noteTypes(g, comments)
			}
		}
	}
	return comments
}

func noteTypes(g *ast.GenDecl, comments map[string]string) {
	for _, spec := range g.Specs {
		ts, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		comments[ts.Name.Name] = oneLine(g.Doc.Text())
		st, ok := ts.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range st.Fields.List {
			for _, n := range f.Names {
				comments[ts.Name.Name+"."+n.Name] = oneLine(f.Doc.Text() + " " + f.Comment.Text())
			}
		}
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// fillAll gives every field below v a value that is not its zero.
func fillAll(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
		return
	case reflect.TypeFor[rung.Rational]():
		v.Set(reflect.ValueOf(rung.R(25, 1)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAll(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fillAll(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillAll(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillAll(key)
		fillAll(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	}
}
