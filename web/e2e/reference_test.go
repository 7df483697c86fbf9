package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// references holds a small picture of every state, with which the page is compared.
const references = "testdata/shots"

// remake is the command that makes them anew.
const remake = "SESCOPE_SHOTS_UPDATE=1 go test -count=1 -run TestReferenceShots ."

// mask hides what a network or a clock says, which changes with the weights and the machine:
// places, colours, spacing and the page's own words remain. Nothing moves.
const mask = `
	*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important }
	#strip .t { height: 20px !important; overflow: hidden !important } /* its milliseconds break into one line more on a slow machine */
	canvas, #video, #poster, #chip > *, #scale > *, #answer span, #verdict, .preds rect, .preds .p, #predictions span:first-child, .preds .row > :first-child,
	#why .sec > *, .fall button > *, #why-say, #legend-usual, #legend-strange-key, #changed, #strip .t > *, .st b, .st span, #pin > *, .says > *, #card-title, #card-matters, #card-mean, #card-gate, #card-without, #doubt, .ranks > *, figcaption > *, #model-facts, #model-note, #layer-table td, #layer-table rect,
	#maps-grid-slot *, #maps-big-slot *, #maps-channel, #maps-pixel, .pbars, .terms > *, .cscale > *, .eq, .eqn, .flow p, .flow svg, #card td, .byclass > *, #card p,
	#bits-text, #bits-flips, #bits-size, .ab header p, .ab figure p, .aba, .gts, .score, #compare-text, #compare-brings, #search-text, #audit-status, #card-facts > *, .bh .status, #loading-bytes, #loading-bar,
	#loading li > span:last-child, #notice-text { visibility: hidden !important }
	math { visibility: hidden !important; display: block !important; height: 44px !important; overflow: hidden !important } /* set in whatever serif a machine has */
	.blk [role=slider], #card-value { opacity: 0 !important } /* hidden they would lose the focus, and the card with it */
`

// small takes a masked picture of the whole page and shrinks it: k by k pixels become one, their
// mean.
func (p *tab) small() *image.NRGBA {
	p.t.Helper()
	p.run("const sheet = new CSSStyleSheet(); sheet.replaceSync(" + quote(strings.Join(strings.Fields(mask), " ")) + "); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; await document.fonts.ready")
	p.frames()
	b, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	full, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		p.t.Fatal(err)
	}
	k := 4
	if full.Bounds().Dx() < 700 {
		k = 2
	}
	return shrink(full, k)
}

// shrink keeps five bits of a colour: references stay small.
func shrink(full image.Image, k int) *image.NRGBA {
	small := image.NewNRGBA(image.Rect(0, 0, full.Bounds().Dx()/k, full.Bounds().Dy()/k))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			var r, g, b int
			for i := range k * k {
				c := color.NRGBAModel.Convert(full.At(k*x+i%k, k*y+i/k)).(color.NRGBA)
				r, g, b = r+int(c.R), g+int(c.G), b+int(c.B)
			}
			mean := func(sum int) uint8 { return uint8((sum/(k*k) + 4) / 8 * 8 * 255 / 256) }
			small.SetNRGBA(x, y, color.NRGBA{mean(r), mean(g), mean(b), 255})
		}
	}
	return small
}

const (
	block     = 3    // pixels of a small picture, 12 of the page or 6 of a phone's
	offColour = 6    // levels of 255 between the means of a block that count as another colour
	offShare  = .003 // of the blocks may be others: letters are drawn a little differently everywhere
	offHeight = .015 // of the height: a line of text that breaks elsewhere
	probe     = "Gates 0123 门控"
)

// difference tells which share of the blocks differs and, if a person would see it, where; "" if
// not.
func difference(got, want *image.NRGBA) (share float64, text string) {
	if got.Rect.Dx() != want.Rect.Dx() {
		return 1, fmt.Sprintf("the page is %d pixels wide, expected %d", got.Rect.Dx(), want.Rect.Dx())
	}
	w, h := want.Rect.Dx(), min(got.Rect.Dy(), want.Rect.Dy())
	if d := abs(got.Rect.Dy() - want.Rect.Dy()); float64(d) > offHeight*float64(want.Rect.Dy()) {
		return 1, fmt.Sprintf("the page is %d pixels high, expected %d", got.Rect.Dy(), want.Rect.Dy())
	}
	var off image.Rectangle
	n, all := 0, 0
	for y := 0; y+block <= h; y += block {
		for x := 0; x+block <= w; x += block {
			at := image.Rect(x, y, x+block, y+block)
			all++
			if a, b := meanColour(got, at), meanColour(want, at); max(abs(a[0]-b[0]), abs(a[1]-b[1]), abs(a[2]-b[2])) > offColour {
				n++
				off = off.Union(at)
			}
		}
	}
	share = float64(n) / float64(all)
	if share > offShare {
		return share, fmt.Sprintf("%.1f %% of the blocks have another colour, expected at most %.1f %%: they lie within %v of the small picture", 100*share, 100*offShare, off)
	}
	return share, ""
}

// differs is difference for the page. A busy browser may leave out what scrolls by itself in one
// picture, not in all of them, so the page is given more looks before it is said to differ; what is
// really wrong stays wrong.
func (p *tab) differs(want *image.NRGBA) (got *image.NRGBA, share float64, text string) {
	p.t.Helper()
	for range 6 {
		got = p.small()
		if share, text = difference(got, want); text == "" {
			break
		}
		p.run("await new Promise((done) => setTimeout(done, 200))")
	}
	return got, share, text
}

// meanColour is the mean colour of a part.
func meanColour(img *image.NRGBA, part image.Rectangle) (sum [3]int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := img.NRGBAAt(x, y)
			sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
		}
	}
	for i := range sum {
		sum[i] /= part.Dx() * part.Dy()
	}
	return sum
}

// reference is the picture that is kept of a state.
func reference(t *testing.T, name string) *image.NRGBA {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(references, name+".png"))
	if err != nil {
		t.Fatalf("%s has no reference picture: look at the state (SESCOPE_SHOTS=DIR go test -run TestStates .), then make it: %s (%v)", name, remake, err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s.png: %v; make it anew: %s", name, err, remake)
	}
	small := image.NewNRGBA(img.Bounds())
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			small.Set(x, y, img.At(x, y))
		}
	}
	return small
}

// keep writes a small picture.
func keep(t *testing.T, folder, name string, img image.Image) string {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, name+".png")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// otherFonts tells of a machine whose letters have other widths than those in the references. There
// the page is not compared with them, in CI, too: which fonts a Debian has depends on what else is
// on it, and no change of ours should be refused for that.
func otherFonts(t *testing.T, p *tab) string {
	t.Helper()
	width := func(font string) int {
		return eval[int](p, "(() => { const c = document.createElement('canvas').getContext('2d'); c.font = '100px ' + getComputedStyle(document.documentElement).getPropertyValue("+quote(font)+"); return Math.round(c.measureText("+quote(probe)+").width) })()")
	}
	got := fmt.Sprintf("--sans %d, --mono %d\n", width("--sans"), width("--mono"))
	file := filepath.Join(references, "fonts.txt")
	if os.Getenv("SESCOPE_SHOTS_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return ""
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		return fmt.Sprintf("the references were drawn with other fonts: widths %q here, %q there", got, want)
	}
	return ""
}

// Every state looks as it did when a person last looked at it, and axe-core finds nothing in it, in
// both themes.
func TestReferenceShots(t *testing.T) {
	update := os.Getenv("SESCOPE_SHOTS_UPDATE") != ""
	source, actual, others := axe(t), "", ""
	for i := range states {
		s := &states[i]
		p := s.lead(t)
		if i == 0 {
			if others = otherFonts(t, p); others != "" {
				t.Log(others)
			}
		}
		if others != "" {
			p.accessible(source, s.name)
			continue
		}
		if update {
			got := p.small()
			for range 20 { // until two looks agree
				if again := p.small(); bytes.Equal(again.Pix, got.Pix) {
					break
				} else {
					got = again
				}
			}
			keep(t, references, s.name, got)
			continue
		}
		got, share, d := p.differs(reference(t, s.name))
		t.Logf("%s: %.2f %% of the blocks differ", s.name, 100*share)
		if d != "" {
			if actual == "" {
				var err error
				if actual, err = os.MkdirTemp("", "sescope-shots-"); err != nil {
					t.Fatal(err)
				}
			}
			t.Errorf("%s: %s. It looks like %s now. If that is meant, make the references anew: %s", s.name, d, keep(t, actual, s.name, got), remake)
		}
		p.run("document.adoptedStyleSheets = []") // off with the mask
		p.accessible(source, s.name)
	}
	if update {
		return
	}
	if others != "" {
		t.Skip(others)
	}
	files, err := os.ReadDir(references)
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			sum += info.Size()
		}
	}
	if len(files) != len(states)+1 || sum > 1<<20 {
		t.Errorf("%s has %d files of %d bytes, expected %d of at most 1 MB: remove what is no state", references, len(files), sum, len(states)+1)
	}
}

// The comparison sees what can go wrong, and nothing where nothing did.
func TestReferenceShotsSeeFaults(t *testing.T) {
	s := &states[2]
	p := s.lead(t)
	if others := otherFonts(t, p); others != "" {
		t.Skip(others)
	}
	want := reference(t, s.name)
	_, share, d := p.differs(want)
	t.Logf("drawn again: %.2f %% of the blocks differ", 100*share)
	if d != "" {
		t.Errorf("drawn again, %s differs: %s", s.name, d)
	}
	rule := func(css string) func() {
		return func() { // in place of the former, and of the mask, which the next look lays on anew
			p.run("const sheet = new CSSStyleSheet(); sheet.replaceSync(" + quote(css) + "); document.adoptedStyleSheets = [sheet]")
		}
	}
	for _, fault := range []struct {
		name string
		make func()
	}{
		{"a hidden panel", rule(".pred { display: none !important }")},
		{"an empty panel", rule(".pred { visibility: hidden !important }")},
		{"a column 24 pixels aside", rule(".pred { transform: translateX(-24px) }")},
		{"a font size that is gone", rule("body, .ctl * { font-size: 16px !important }")},
		{"the other language", func() {
			rule("")()
			p.click("lang-zh")
			p.wait("Chinese", "document.documentElement.lang === 'zh-Hans'")
		}},
		{"the other theme", func() {
			p.click("lang-en")
			p.wait("English", "document.documentElement.lang === 'en'")
			p.click("theme")
		}},
	} {
		fault.make()
		if share, d := difference(p.small(), want); d == "" {
			t.Errorf("%s is not seen: %.2f %% of the blocks differ", fault.name, 100*share)
		} else {
			t.Logf("%s: %s", fault.name, d)
		}
	}
}
