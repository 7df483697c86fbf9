package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// vuguPackage is the Vugu package that hands its JavaScript to window.eval.
const vuguPackage = "github.com/vugu/vugu/domrender"

// vuguHelper returns the script that Vugu's renderer passes to window.eval when
// it starts. The content security policy forbids eval, so the page loads the
// script as a file, and boot.js lets that one call do nothing. It is read out of
// the very module that goes into the wasm: the two must fit.
func vuguHelper(ctx context.Context, root string) (string, error) {
	out, err := goTool(ctx, root, "list", "-json=Dir,GoFiles", vuguPackage)
	if err != nil {
		return "", err
	}
	var pkg struct {
		Dir     string
		GoFiles []string
	}
	if err := json.Unmarshal([]byte(out), &pkg); err != nil {
		return "", fmt.Errorf("cannot read what go list says of %s: %v", vuguPackage, err)
	}
	return evalScript(pkg.Dir, pkg.GoFiles)
}

// evalScript finds the one call of the form X.Call("eval", SCRIPT) in the Go
// files of dir and returns the constant string SCRIPT.
func evalScript(dir string, names []string) (string, error) {
	fset := token.NewFileSet()
	consts := map[string]ast.Expr{}
	var scripts []ast.Expr
	for _, name := range names {
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return "", fmt.Errorf("cannot read the Vugu module: %v", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && isEval(call) {
				scripts = append(scripts, call.Args[1])
			}
			return true
		})
		collectConsts(file, consts)
	}
	if len(scripts) != 1 {
		return "", fmt.Errorf(`%s has %d calls of Call("eval", script), expected one: this version of Vugu starts its helper differently`, dir, len(scripts))
	}
	script, ok := constString(scripts[0], consts)
	if !ok || strings.TrimSpace(script) == "" {
		return "", fmt.Errorf("%s: the script that Vugu passes to eval is not a constant string", fset.Position(scripts[0].Pos()))
	}
	return script, nil
}

func isEval(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Call" || len(call.Args) != 2 {
		return false
	}
	name, ok := constString(call.Args[0], nil)
	return ok && name == "eval"
}

// collectConsts records the package-level constants of file that have a value
// of their own.
func collectConsts(file *ast.File, consts map[string]ast.Expr) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			vs := spec.(*ast.ValueSpec)
			for i, v := range vs.Values {
				consts[vs.Names[i].Name] = v
			}
		}
	}
}

// constString evaluates literals, sums of them and names of constants. The
// caller's code compiles, so constants do not refer to themselves.
func constString(e ast.Expr, consts map[string]ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		return constant.StringVal(constant.MakeFromLiteral(e.Value, e.Kind, 0)), true
	case *ast.ParenExpr:
		return constString(e.X, consts)
	case *ast.BinaryExpr:
		x, okX := constString(e.X, consts)
		y, okY := constString(e.Y, consts)
		return x + y, okX && okY && e.Op == token.ADD
	case *ast.Ident:
		v, ok := consts[e.Name]
		if !ok {
			return "", false
		}
		return constString(v, consts)
	}
	return "", false
}
