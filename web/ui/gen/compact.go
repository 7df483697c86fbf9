package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"regexp"
	"strconv"
	"strings"
)

// What vugugen writes for a node, a listener, a text and a property. Each but the text is several
// calls and allocations written out in place; as compiled code they were a fifth of the program.
var (
	node     = regexp.MustCompile(`vgn = &(vugu\.VGNode\{Type: .*\})\n(\s*vgparent\.AppendChild\(vgn\)\n)?`)
	listener = regexp.MustCompile(`vgn\.DOMEventHandlerSpecList = append\(vgn\.DOMEventHandlerSpecList, vugu\.DOMEventHandlerSpec\{\n\s*EventType: (".*"),\n\s*Func: +(func\(event vugu\.DOMEvent\) .*),\n\s*// TODO.*\n\s*\}\)`)
	content  = regexp.MustCompile(`vgn\.SetInnerHTML\(([^v]|v[^u])`) // a text, not vugu.HTML
	property = regexp.MustCompile(`\{\n\s*b, err := vjson\.Marshal\((.*)\)\n\s*if err != nil \{\n\s*panic\(err\)\n\s*\}\n\s*vgn\.Prop = append\(vgn\.Prop, vugu\.VGProperty\{Key: (".*"), JSONVal: vjson\.RawMessage\(b\)\}\)\n\s*\}`)
)

// compact replaces them by calls of the functions in node.go. What it does not know it leaves as it
// is.
func compact(source []byte) []byte {
	source = node.ReplaceAllFunc(source, func(found []byte) []byte {
		m := node.FindSubmatch(found)
		parent := "nil"
		if len(m[2]) > 0 {
			parent = "vgparent"
		}
		call, ok := constructor(string(m[1]), parent)
		if !ok {
			return found
		}
		return fmt.Appendf(nil, "vgn = %s\n", call)
	})
	source = content.ReplaceAll(source, []byte("content(vgn, $1"))
	source = listener.ReplaceAll(source, []byte("listen(vgn, $1, $2)"))
	return property.ReplaceAll(source, []byte("property(vgn, $2, $1)"))
}

// constructor turns a node's literal into a call: element(vgparent, "p\x00class\x00about").
func constructor(literal, parent string) (call string, ok bool) {
	expr, err := parser.ParseExpr(literal)
	if err != nil {
		return "", false
	}
	fields := map[string]ast.Expr{}
	for _, e := range expr.(*ast.CompositeLit).Elts {
		pair := e.(*ast.KeyValueExpr)
		fields[pair.Key.(*ast.Ident).Name] = pair.Value
	}
	kind, ok := fields["Type"].(*ast.CallExpr)
	if !ok || len(kind.Args) != 1 {
		return "", false
	}
	data, ok := constant(fields["Data"])
	if !ok {
		return "", false
	}
	switch number, _ := kind.Args[0].(*ast.BasicLit); number.Value {
	case "1":
		return fmt.Sprintf("text(%s, %s)", parent, strconv.Quote(data)), true
	case "3":
		parts := []string{data}
		if list, ok := fields["Attr"].(*ast.CompositeLit); ok {
			for _, e := range list.Elts {
				attr := map[string]string{}
				for _, f := range e.(*ast.CompositeLit).Elts {
					pair := f.(*ast.KeyValueExpr)
					if attr[pair.Key.(*ast.Ident).Name], ok = constant(pair.Value); !ok {
						return "", false
					}
				}
				if attr["Namespace"] != "" {
					return "", false
				}
				parts = append(parts, attr["Key"], attr["Val"])
			}
		}
		name := "element"
		if space, _ := constant(fields["Namespace"]); space == "svg" {
			name = "drawing"
		} else if space != "" {
			return "", false
		}
		if strings.Contains(strings.Join(parts, ""), "\x00") {
			return "", false
		}
		return fmt.Sprintf("%s(%s, %s)", name, parent, strconv.Quote(strings.Join(parts, "\x00"))), true
	}
	return "", false
}

func constant(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	s, err := strconv.Unquote(literal.Value)
	return s, err == nil
}
