package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// withoutRelaxed is a browser that does not know relaxed SIMD, and withoutSIMD one that knows no
// SIMD at all, as far as a page can ask.
const (
	withoutRelaxed = `{
		const validate = WebAssembly.validate;
		WebAssembly.validate = (bytes) => !/,253,133,2,/.test(',' + bytes.join() + ',') && validate.call(WebAssembly, bytes);
	}`
	withoutSIMD = `WebAssembly.validate = () => false`
)

// fuses asks this machine whether its f32x4.relaxed_madd rounds once: (1+2^-12)^2 - (1+2^-11) is
// 2^-24 then, and 0 with two roundings.
const fuses = `new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
	10, 31, 1, 29, 0, 67, 0, 8, 128, 63, 253, 19, 67, 0, 8, 128, 63, 253, 19, 67, 0, 16, 128, 191, 253, 19, 253, 133, 2, 253, 31, 0, 11]))).exports.f()`

// The page runs the relaxed build where the browser knows it and the plain one elsewhere, says
// which, and both give the same logits.
func TestBuilds(t *testing.T) {
	var pictures []string
	for i, side := range []int{64, 200, 33} {
		pictures = append(pictures, write(t, fmt.Sprintf("%d.png", i), encodePNG(scene(side, side))))
	}
	logits := map[string]map[string][]float64{}
	for _, b := range []struct{ name, script, file, strip string }{
		{"relaxed", "", "sescope-relaxed.wasm", "relaxed SIMD"},
		{"plain", withoutRelaxed, "sescope.wasm", "kernel SIMD"},
	} {
		p := newTab(t, filmCamera)
		if b.script != "" {
			p.before(b.script)
		}
		p.load()
		if build := eval[string](p, "sescope.build"); build != b.name {
			t.Errorf("the page runs the %s build, expected %s", build, b.name)
		}
		loaded := eval[[]string](p, "performance.getEntriesByType('resource').map((e) => e.name.split('/').pop().replace(/\\.[0-9a-f]{10}\\./, '.')).filter((name) => name.endsWith('.wasm'))")
		if !slices.Equal(loaded, []string{b.file}) {
			t.Errorf("the %s page loaded %v, expected %s only", b.name, loaded, b.file)
		}
		if text := p.text("strip"); !strings.Contains(text, b.strip) {
			t.Errorf("the strip of the %s page says %q, expected %q in it", b.name, text, b.strip)
		}
		got := map[string][]float64{}
		shown := pictures
		for i, model := range models(t) {
			if i > 0 {
				n := p.count()
				p.choose("model", model)
				p.after(n, "", model)
			}
			if i > 0 {
				shown = shown[:1] // the path to a network is the same for all
			}
			for _, picture := range shown {
				d := p.explain(picture)
				if d.Model != model {
					t.Fatalf("%s answers, expected %s", d.Model, model)
				}
				got[model+" "+d.File] = d.Logits
			}
		}
		logits[b.name] = got
		if b.name == "relaxed" {
			if sum := eval[float64](p, fuses); sum != 0 {
				t.Logf("this machine fuses: %g", sum)
				defer func() {
					if allEqual(logits["relaxed"], logits["plain"]) {
						t.Error("all logits are those of the plain build: nothing is fused")
					}
				}()
			}
		}
	}
	var worst float64
	for key, plain := range logits["plain"] {
		d := far(logits["relaxed"][key], plain)
		worst = max(worst, d)
		if d > 1e-4 {
			t.Errorf("%s: the builds' logits differ by %.1e", key, d)
		}
	}
	t.Logf("%d runs, the builds' logits differ by at most %.1e", len(logits["plain"]), worst)
}

func allEqual(a, b map[string][]float64) bool {
	for key := range a {
		if !slices.Equal(a[key], b[key]) {
			return false
		}
	}
	return true
}

// A browser without SIMD is told so at once, in both languages.
func TestNoSIMD(t *testing.T) {
	for lang, want := range map[string]string{"en": "too old", "zh-Hans": "版本太旧"} {
		p := newTab(t, filmCamera)
		p.before(withoutSIMD)
		p.before("localStorage.setItem('sescope.lang', " + quote(lang) + ")")
		p.navigate()
		p.wait("the state error", "document.documentElement.dataset.state === 'error' && !document.getElementById('notice').hidden")
		if text := p.text("notice"); !strings.Contains(text, want) || !strings.Contains(text, "SIMD") || !strings.Contains(text, "16.4") {
			t.Errorf("%s: the page says %q", lang, text)
		}
		if loaded := eval[int](p, "performance.getEntriesByType('resource').filter((e) => e.name.endsWith('.wasm')).length"); loaded != 0 {
			t.Errorf("%s: %d programs were fetched for nothing", lang, loaded)
		}
		p.wait("an offer to reload", "!document.getElementById('notice-action').hidden && document.getElementById('loading').hidden")
	}
}
