package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// The page's own path, from a file over the browser's decoder and the worker to the event, gives
// the command line's numbers, for every network; in Firefox for four.
func TestPictureGivesTheCommandsLogits(t *testing.T) { inBoth(t, testPictureGivesTheCommandsLogits) }

func testPictureGivesTheCommandsLogits(t *testing.T, in device) {
	golden, err := filepath.Abs("../../nn/testdata/golden/0.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(golden); err != nil {
		t.Fatal(err)
	}
	pictures := []string{write(t, "wide.png", encodePNG(scene(200, 160))), write(t, "tall.png", encodePNG(scene(90, 131))), write(t, "exact.png", encodePNG(scene(32, 32))), golden}
	p := open(t, in)
	list := models(t)
	if in.isFirefox() {
		list = list[:min(4, len(list))] // its decoder and its canvas are the same for all
	}
	for i, model := range list {
		if i > 0 {
			n := p.count()
			p.choose("model", model)
			p.after(n, "", model)
		}
		shown := pictures
		if i >= 4 {
			shown = pictures[2:] // the browser's part is the same for all
		}
		for _, picture := range shown {
			got, want := p.explain(picture), sescope(t, model, picture)
			name := model + ", " + filepath.Base(picture)
			if got.Model != model {
				t.Errorf("%s: the result names %s", name, got.Model)
			}
			d := far(got.Logits, want.Logits)
			t.Logf("%s: logits differ by %.1e", name, d)
			if d > 1e-4 {
				t.Errorf("%s: logits %v, the command says %v", name, got.Logits, want.Logits)
			}
			if got.Top[0].Class != want.Top[0].Class {
				t.Errorf("%s: top class %s, the command says %s", name, got.Top[0].Class, want.Top[0].Class)
			}
			if len(got.Gates) != len(want.Gates) {
				t.Fatalf("%s: %d blocks of gates, the command says %d", name, len(got.Gates), len(want.Gates))
			}
			for j, g := range got.Gates {
				if d := far(g.Scale, want.Gates[j].Scale); g.Layer != want.Gates[j].Layer || d > 1e-4 {
					t.Errorf("%s: gates of %s differ from the command's of %s by %.1e", name, g.Layer, want.Gates[j].Layer, d)
				}
			}
		}
	}
}

// A photo that its EXIF block turns is seen upright, by the network too.
func TestEXIF(t *testing.T) { inBoth(t, testEXIF) }

func testEXIF(t *testing.T, in device) {
	const tolerance = 0.025 // decoders round chroma differently, by a level or two of 255; an unturned picture is ten times as far
	flat := encodeJPEG(scene(200, 160))
	plain := write(t, "plain.jpg", flat)
	p := open(t, in)
	model := models(t)[0]
	lying := sescope(t, model, plain).Logits
	for _, orientation := range []uint16{1, 2, 3, 6, 8} {
		turned := write(t, "turned"+itoa(int(orientation))+".jpg", withOrientation(flat, orientation))
		got, want := p.explain(turned).Logits, sescope(t, model, turned).Logits
		d, unturned := far(got, want), far(got, lying)
		t.Logf("orientation %d: %.1e from the command, %.1e from the unturned picture", orientation, d, unturned)
		if d > tolerance {
			t.Errorf("orientation %d: logits %v, the command says %v", orientation, got, want)
		}
		if orientation != 1 && unturned < 5*tolerance {
			t.Errorf("orientation %d: the logits are those of the unturned picture", orientation)
		}
	}
	file := encodePNG(scene(200, 160))
	for _, orientation := range []uint16{1, 6, 8} {
		turned := write(t, "turned"+itoa(int(orientation))+".png", turnedPNG(file, orientation))
		if got, want := p.explain(turned).Logits, sescope(t, model, turned).Logits; far(got, want) > 1e-4 {
			t.Errorf("a PNG of orientation %d: logits %v, the command says %v", orientation, got, want)
		}
	}
}

// Transparency lies on white, and of a moving picture the first frame counts, as on the command
// line.
func TestTransparentAndMoving(t *testing.T) {
	p := open(t, filmCamera)
	model := models(t)[0]
	glass := write(t, "glass.png", seeThrough())
	if d := far(p.explain(glass).Logits, sescope(t, model, glass).Logits); d > 0.02 { // a canvas composes in bytes
		t.Errorf("transparent: logits differ from the command's by %.1e", d)
	}
	// The remark goes away after 5 seconds, which a busy machine may need to look at it.
	p.run("const later = setTimeout; window.setTimeout = (f, ms) => later(f, ms === 5000 ? 60000 : ms)")
	moving := write(t, "moving.gif", movingGIF())
	if d := far(p.explain(moving).Logits, sescope(t, model, moving).Logits); d > 1e-4 {
		t.Errorf("moving: logits differ from the command's by %.1e", d)
	}
	p.sentence("picture-moves")
}

// Mirroring a picture mirrors what the network sees: the logits are those of the mirrored file.
func TestMirrorPicture(t *testing.T) {
	p := open(t, filmCamera)
	img := scene(120, 120)
	flipped := scene(120, 120)
	for y := range 120 {
		for x := range 120 {
			flipped.SetNRGBA(x, y, img.NRGBAAt(119-x, y))
		}
	}
	p.explain(write(t, "asymmetric.png", encodePNG(img)))
	n := p.count()
	p.click("mirror")
	got := p.after(n, "asymmetric.png", "")
	want := sescope(t, models(t)[0], write(t, "flipped.png", encodePNG(flipped)))
	if d := far(got.Logits, want.Logits); d > 1e-4 {
		t.Errorf("logits differ from those of the mirrored file by %.1e", d)
	}
}

// A picture that is dropped or pasted goes the way of a chosen one.
func TestDropAndPaste(t *testing.T) {
	path := write(t, "dropped.png", encodePNG(scene(64, 64)))
	want := sescope(t, models(t)[0], path).Logits
	p := open(t, filmCamera)
	p.transfer(encodePNG(scene(64, 64)))
	for _, c := range []struct{ file, event string }{
		{"dropped.png", "new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })"},
		{"clipboard", "new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })"},
	} {
		n := p.count()
		p.run("const transfer = e2e.transfer(); document.body.dispatchEvent(" + c.event + ")")
		if d := far(p.after(n, c.file, "").Logits, want); d > 1e-4 {
			t.Errorf("%s: logits differ from the command's by %.1e", c.file, d)
		}
	}
	if eval[bool](p, "'drop' in document.documentElement.dataset") {
		t.Error("the drop target is still shown")
	}
}
