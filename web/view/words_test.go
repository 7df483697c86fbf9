package view

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// In the tables of one language every text has a line of its own, so that a change shows which.
func TestOneTextALine(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			table, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if name, ok := table.Type.(*ast.Ident); !ok || !strings.HasSuffix(name.Name, "Texts") {
				return true
			}
			tables++
			for i, text := range table.Elts[1:] {
				if at := files.Position(text.Pos()); at.Line == files.Position(table.Elts[i].End()).Line {
					t.Errorf("%s: a second text stands in this line", at)
				}
			}
			return true
		})
	}
	if tables < 10 {
		t.Errorf("%d tables of texts were found", tables)
	}
}
