package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// axeVersion of axe-core (Deque Systems, MPL-2.0), fetched by npm when a test first needs it and
// kept in the user's cache; it is in no product.
const axeVersion = "4.14.1"

// axe is the source of axe-core.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "sescope-axe-core-"+axeVersion)
	file := filepath.Join(folder, "node_modules", "axe-core", "axe.min.js")
	b, err := os.ReadFile(file)
	if err != nil {
		if out, err := exec.Command("npm", "install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, "axe-core@"+axeVersion).CombinedOutput(); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("npm install axe-core: %v\n%s", err, out)
			}
			t.Skipf("axe-core is not here and npm cannot fetch it: %v", err)
		}
		if b, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return string(b)
}

// accessible runs axe-core on the page as it is, in both themes; no text may hold half a character.
func (p *tab) accessible(source, state string) {
	p.t.Helper()
	if broken := eval[[]string](p, `[...document.querySelectorAll('body *')].filter((e) => !e.childElementCount && e.textContent.includes('\uFFFD')).map((e) => e.parentElement.textContent.slice(0, 80))`); len(broken) > 0 {
		p.t.Errorf("%s: texts were cut inside a character: %q", state, broken)
	}
	for _, theme := range []string{"light", "dark"} {
		p.run(fmt.Sprintf("document.documentElement.dataset.theme = %q", theme))
		p.frames()
		if !eval[bool](p, "!!window.axe") {
			eval[bool](p, source+"; !!window.axe")
		}
		rules := "" // themes differ in colours only
		if theme == "dark" {
			rules = ", runOnly: ['color-contrast', 'link-in-text-block']"
		}
		found := eval[[]string](p, `axe.run(document, { resultTypes: ['violations']`+rules+` }).then((r) => r.violations.flatMap((v) => v.nodes.slice(0, 3).map((n) => v.id + ': ' + n.target.join(' ') + ': ' + (n.any.concat(n.all, n.none)[0] || {}).message)))`)
		for _, f := range found {
			p.t.Errorf("%s, %s: %s", state, theme, f)
		}
	}
}

// axe-core finds nothing in any tab, in both themes; TestReferenceShots asks it about every state.
func TestAccessibility(t *testing.T) {
	source := axe(t)
	p := states[0].lead(t)
	for _, id := range eval[[]string](p, "[...document.querySelectorAll('[role=tab]')].map((e) => e.id)") {
		p.click(id)
		if id == "tab-learn" { // the walk lies over the page
			p.wait("the walk", "document.getElementById('walk').open && document.getElementById('walk-figure').children.length > 0")
			p.accessible(source, "walk")
			p.click("walk-close")
			continue
		}
		p.wait(id+" to open", "document.getElementById("+quote(id)+").getAttribute('aria-selected') === 'true'")
		p.accessible(source, id)
	}
}
