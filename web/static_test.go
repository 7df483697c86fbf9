package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sescope/web/view"
)

// The content security policy allows no inline script and no inline style, and names no other host.
func TestStaticObeysPolicy(t *testing.T) {
	index := read(t, "static/index.html")
	for what, pattern := range map[string]string{
		"an inline script":  `<script(>| [^>]*>[^<{])`,
		"an inline style":   `<style|\sstyle=`,
		"an inline handler": `\son[a-z]+=`,
		"another host":      `(src|href)="(https?:)?//`,
		"an absolute path":  `(src|href)="/`,
	} {
		if m := regexp.MustCompile(pattern).FindString(index); m != "" {
			t.Errorf("index.html has %s: %s", what, m)
		}
	}
	for _, name := range []string{"app.css", "panels.css", "walk.css", "teach.css"} {
		if m := regexp.MustCompile(`url\(|@import`).FindString(read(t, "static/"+name)); m != "" {
			t.Errorf("%s loads something: %s", name, m)
		}
	}
}

// Every element that the Go code asks for by its id stands in index.html.
func TestIDsExist(t *testing.T) {
	index := read(t, "static/index.html")
	ids := regexp.MustCompile(`(?:ByID|CanvasByID|showDialog|on)\("([a-z0-9-]+)"`)
	found := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_js.go") {
			return err
		}
		for _, m := range ids.FindAllStringSubmatch(read(t, path), -1) {
			found++
			if !strings.Contains(index, `id="`+m[1]+`"`) {
				t.Errorf("%s asks for #%s, which index.html lacks", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 10 {
		t.Errorf("only %d ids found: has the code changed its ways?", found)
	}
}

// Each sample is a drawing that needs nothing else, or a small WebP whose scene stands in
// web/samples; the first one is the poster of index.html.
func TestSamples(t *testing.T) {
	scenes := read(t, "samples/scenes.py")
	for _, sample := range view.Samples {
		name, svg := sample.Name, read(t, filepath.Join("static", "samples", sample.File))
		if sample.Render {
			if !strings.HasPrefix(svg, "RIFF") || svg[8:12] != "WEBP" || len(svg) > 40_000 {
				t.Errorf("%s is no WebP of at most 40 kB: %d bytes", sample.File, len(svg))
			}
			if !strings.Contains(scenes, "def "+name+"():") {
				t.Errorf("web/samples/scenes.py has no scene %s", name)
			}
			continue
		}
		head := regexp.MustCompile(`^<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="\d+ \d+ (\d+) (\d+)" width="512" height="512">`).FindStringSubmatch(svg)
		if head == nil || head[1] != head[2] {
			t.Errorf("%s is not a drawing of 512 x 512 pixels", name)
		}
		if strings.Contains(svg, "<script") || strings.Contains(svg, "<image") || strings.Contains(svg, "href=\"http") {
			t.Errorf("%s loads something", name)
		}
	}
	if !strings.Contains(read(t, "static/index.html"), `id="poster" src="samples/`+view.Samples[view.FirstSample].File+`"`) {
		t.Error("index.html's poster is not the first sample")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
