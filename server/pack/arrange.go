package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"

	"sescope/server/policy"
)

// The files that are found by their name; the first two name all others.
const (
	pageFile   = "index.html"
	workerFile = "sw.js"
)

// asset is what boot.js has to know of a file before it fetches it.
type asset struct {
	Path   string `json:"path"`             // below dist
	Bytes  int    `json:"bytes,omitempty"`  // uncompressed; of programs and weights only
	SHA256 string `json:"sha256,omitempty"` // in base64; of programs and weights only
}

// arrange gives every file its place in dist and writes the places into those files that name
// others. at is the page's own address, with a slash at its end, or "".
func arrange(t tree, models []modelEntry, at string) (tree, error) {
	for _, name := range []string{pageFile, workerFile} {
		if t[name] == nil {
			return nil, fmt.Errorf("web/static has no %s", name)
		}
	}
	dist, files := tree{}, map[string]asset{}
	place := func(name string, b []byte) {
		sum := sha256.Sum256(b)
		ext := path.Ext(name)
		a := asset{Path: policy.Assets + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext}
		if isProgram(name) || isWeights(name) {
			a.Bytes, a.SHA256 = len(b), base64.StdEncoding.EncodeToString(sum[:])
		}
		files[name] = a
		dist[a.Path] = b
	}
	const manifest = "app.webmanifest"
	for name, b := range t {
		if name != pageFile && name != workerFile && name != manifest {
			short, err := minified(name, b)
			if err != nil {
				return nil, err
			}
			place(name, short)
		}
	}
	if b := t[manifest]; b != nil { // names icons, and by addresses below its own
		place(manifest, quoted.ReplaceAllFunc(b, func(q []byte) []byte {
			if a, ok := files[string(q[1:len(q)-1])]; ok {
				return []byte(`"` + strings.TrimPrefix(a.Path, policy.Assets) + `"`)
			}
			return q
		}))
	}
	page := quoted.ReplaceAllFunc(t[pageFile], func(q []byte) []byte {
		if a, ok := files[string(q[1:len(q)-1])]; ok {
			return []byte(`"` + a.Path + `"`)
		}
		return q
	})
	if at != "" {
		const image = `<meta property="og:image" content="`
		if bytes.Count(page, []byte(image)) != 1 {
			return nil, fmt.Errorf("%s: %s is not there once: pack fills it", pageFile, image)
		}
		page = bytes.Replace(page, []byte(image), []byte(`<meta property="og:url" content="`+html.EscapeString(at)+"\">\n"+image+html.EscapeString(at)), 1)
	}
	list, err := json.Marshal(map[string]any{"files": files, "models": models}) // sorted, and < is escaped
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(list, page...))
	version := hex.EncodeToString(sum[:5])
	for _, hole := range []struct{ before, what, after string }{
		{`<meta http-equiv="Content-Security-Policy" content="`, policy.Meta(), `">`},
		{`<html data-version="`, version, `"`},
		{`<script type="application/json" id="dist">`, string(list), `</script>`},
	} {
		if page, err = fill(page, hole.before, hole.what, hole.after); err != nil {
			return nil, fmt.Errorf("%s: %v", pageFile, err)
		}
	}
	dist[pageFile] = page

	paths := map[string]string{}
	for name, a := range files {
		paths[name] = a.Path
	}
	sum = sha256.Sum256(page)
	offline, err := json.Marshal(map[string]any{"version": version, "page": hex.EncodeToString(sum[:5]), "files": paths})
	if err != nil {
		return nil, err
	}
	if dist[workerFile], err = fill(t[workerFile], "const DIST = ", string(offline), ";"); err != nil {
		return nil, fmt.Errorf("%s: %v", workerFile, err)
	}
	dist["_headers"] = []byte(policy.HeadersFile())
	dist[".nojekyll"] = []byte{}
	return dist, nil
}

// address checks what a person says of where the page will be served: those who make previews of
// links take only the whole address of a picture.
func address(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("-url %s: expected an address as https://example.org/sescope/", text)
	}
	return strings.TrimSuffix(u.String(), "/") + "/", nil
}

func isProgram(name string) bool { return path.Ext(name) == ".wasm" }
func isWeights(name string) bool { return path.Ext(name) == ".safetensors" }

// quoted is a string that may name a file.
var quoted = regexp.MustCompile(`"[\w./-]+"`)

// fill puts what between before and after, which stand once in b with nothing between them but an
// empty object.
func fill(b []byte, before, what, after string) ([]byte, error) {
	for _, empty := range []string{"", "{}"} {
		if hole := before + empty + after; strings.Count(string(b), hole) == 1 {
			return []byte(strings.Replace(string(b), hole, before+what+after, 1)), nil
		}
	}
	return nil, fmt.Errorf("%s%s is not there once: pack fills it", before, after)
}
