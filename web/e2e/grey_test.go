package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"encoding/binary"
)

// built makes a safetensors file of a spec's text and tensors.
func built(spec string, tensors map[string][]float32, shapes map[string][]int) []byte {
	s := safe{header: map[string]any{"__metadata__": map[string]any{"sescope": spec}}}
	for name, values := range tensors {
		begin := len(s.data)
		for _, v := range values {
			s.data = binary.LittleEndian.AppendUint32(s.data, math.Float32bits(v))
		}
		s.header[name] = map[string]any{"dtype": "F32", "shape": shapes[name], "data_offsets": []int{begin, len(s.data)}}
	}
	return s.bytes()
}

// greyNet sees one channel of 28 x 20 pixels: brightness speaks for its first class.
func greyNet(t *testing.T) []byte {
	t.Helper()
	spec, err := json.Marshal(map[string]any{
		"name": "grey", "title": map[string]string{"en": "Grey", "zh": "灰度"}, "input": map[string]int{"H": 20, "W": 28, "C": 1}, "mean": []float32{.5}, "std": []float32{.25},
		"classes": []map[string]string{{"en": "bright", "zh": "亮"}, {"en": "dark", "zh": "暗"}},
		"layers": []map[string]any{{"op": "conv", "name": "conv", "in": 1, "out": 4, "kernel": 3, "stride": 1, "pad": 1, "bias": true}, {"op": "relu", "name": "relu"},
			{"op": "se", "name": "se", "out": 2, "fc": []string{"se.0", "se.2"}}, {"op": "mean", "name": "mean"}, {"op": "linear", "name": "fc", "in": 4, "out": 2, "bias": true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	conv := make([]float32, 4*9)
	conv[4], conv[9+4], conv[18], conv[27+8] = 1, -1, .5, .5
	return built(string(spec), map[string][]float32{
		"conv.weight": conv, "conv.bias": {0, 0, .1, .2}, "se.0.weight": {1, 0, .5, 0, 0, 1, 0, .5}, "se.2.weight": {1, 0, 0, 1, .5, .5, -1, 1},
		"fc.weight": {3, -1, .2, 0, -2, 1, 0, .2}, "fc.bias": {0, .1},
	}, map[string][]int{"conv.weight": {4, 1, 3, 3}, "conv.bias": {4}, "se.0.weight": {2, 4}, "se.2.weight": {4, 2}, "fc.weight": {2, 4}, "fc.bias": {2}})
}

// A network that sees no square and no colours: its map lies where what it is about is, what it
// does not see is veiled, and brush, gates, tabs and exports work.
func TestGrey(t *testing.T) { inBoth(t, testGrey) }

func testGrey(t *testing.T, in device) {
	const spotX, spotY = .7, .3
	img := image.NewNRGBA(image.Rect(0, 0, 280, 280))
	for i := range 280 * 280 {
		x, y := i%280, i/280
		c := color.NRGBA{40, 60, 20, 255}
		if dx, dy := float64(x)/280-spotX, float64(y)/280-spotY; math.Hypot(dx, dy) < .06 {
			c = color.NRGBA{255, 255, 250, 255}
		}
		img.SetNRGBA(x, y, c)
	}
	picture, file := write(t, "spot.png", encodePNG(img)), write(t, "grey.safetensors", greyNet(t))
	p := open(t, in)
	p.explain(picture)
	n := p.count()
	p.setFiles("network", file)
	d := p.after(n, "spot.png", "grey.safetensors")
	want := ran(t, file, picture)
	if diff := far(d.Logits, want.Logits); diff > 1e-5 {
		t.Errorf("logits differ from the command's by %.1e", diff)
	}
	n = p.count()
	p.run("[...document.querySelectorAll('#predictions button')].find((b) => b.innerText.includes('bright')).click()")
	p.after(n, "spot.png", "")
	p.still()
	// The warmest place of the map, and the veil, in parts of the canvas.
	type place struct{ X, Y, Above, Below, Left float64 }
	look := func(id string) place {
		return eval[place](p, fmt.Sprintf(`(() => {
			const { data, width, height } = e2e.pixels(%q);
			const alpha = (x, y) => data[4 * (Math.floor(y * height) * width + Math.floor(x * width)) + 3];
			let sx = 0, sy = 0, sum = 0;
			for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
				const i = 4 * (y * width + x), warm = data[i + 3] > 100 && data[i] + data[i + 1] + data[i + 2] > 100 ? 1 : 0;
				sx += warm * x; sy += warm * y; sum += warm;
			}
			return { X: sx / sum / width, Y: sy / sum / height, Above: alpha(.1, .07), Below: alpha(.1, .93), Left: alpha(.02, .5) };
		})()`, id))
	}
	at := look("heat")
	if math.Abs(at.X-spotX) > .05 || math.Abs(at.Y-spotY) > .05 {
		t.Errorf("the map is warm at %.2f, %.2f, the spot is at %v, %v", at.X, at.Y, spotX, spotY)
	}
	if at.Above != 0x70 || at.Below != 0x70 || at.Left != 0 {
		t.Errorf("alpha above %v, below %v, at the left %v; expected a veil above and below", at.Above, at.Below, at.Left)
	}
	// What the network sees: grey, and in the middle of its square.
	if see := eval[[]float64](p, `(() => {
		const { data, width, height } = e2e.pixels('see-input'), at = (x, y) => [...data.slice(4 * (Math.floor(y * height) * width + Math.floor(x * width)), 4 * (Math.floor(y * height) * width + Math.floor(x * width)) + 4)];
		return [width, height, ...at(.5, .05), ...at(.7, .3)];
	})()`); see[0] != 28 || see[1] != 28 || see[5] != 0 || see[6] < 200 || see[6] != see[7] || see[9] != 255 {
		t.Errorf("what the network sees is %v", see)
	}

	if p.fox == nil { // which only Chromium can be told to drag
		p.brush()
		n = p.count()
		x0, y0 := p.on(.7, .29) // over the spot alone: a longer stroke of grey is as bright as the spot was
		x1, y1 := p.on(.7, .31)
		p.drag(x0, y0, x1, y1)
		p.wait("an answer about the painted picture", fmt.Sprintf("e2e.results.length > %d && e2e.results.at(-1).detail.logits[0] < %v - .01", n, d.Logits[0]))
		p.click("undo")
		p.wait("the picture as it was", fmt.Sprintf("Math.abs(e2e.results.at(-1).detail.logits[0] - %v) < 1e-5", d.Logits[0]))
		p.click("brush")
	}
	for _, id := range eval[[]string](p, "[...document.querySelectorAll('[role=tab]')].map((b) => b.id)") {
		p.click(id)
		p.still()
	}
}
