package e2e

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
)

// setFiles puts files in a file field, as the file dialog does.
func (p *tab) setFiles(id string, paths ...string) {
	p.t.Helper()
	if other := p.other(); other != nil {
		if err := other.setFiles(id, paths); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	element := do(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.getElementById(" + quote(id) + ")"})
	do(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: element.Result.ObjectID})
}

// withoutSpec takes the spec out of a safetensors file's header.
func withoutSpec(t *testing.T, b []byte) (file []byte, spec string) {
	t.Helper()
	n := binary.LittleEndian.Uint64(b)
	var header map[string]json.RawMessage
	if err := json.Unmarshal(b[8:8+n], &header); err != nil {
		t.Fatal(err)
	}
	var metadata map[string]string
	if err := json.Unmarshal(header["__metadata__"], &metadata); err != nil {
		t.Fatal(err)
	}
	spec = metadata["sescope"]
	delete(header, "__metadata__")
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	file = binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	return append(append(file, text...), b[8+n:]...), spec
}

// A network of the person's own runs as the built-in ones do; a file that is none is refused with a
// sentence, and the running network stays.
func TestOwnNetwork(t *testing.T) { inBoth(t, testOwnNetwork) }

func testOwnNetwork(t *testing.T, in device) {
	b, err := os.ReadFile(filepath.Join(dist, asset(t, "models/simple-se.safetensors")))
	if err != nil {
		t.Fatal(err)
	}
	bare, spec := withoutSpec(t, b)
	p := open(t, in)
	p.openTab("model")
	picture := write(t, "scene.png", encodePNG(scene(64, 64)))
	p.explain(picture)

	n := p.count()
	p.setFiles("network", write(t, "mine.safetensors", b))
	d := p.after(n, "scene.png", "mine.safetensors")
	if diff := far(d.Logits, sescope(t, "simple-se", picture).Logits); diff > 1e-4 {
		t.Errorf("the own network's logits differ from the command's by %.1e", diff)
	}
	p.wait("the picker to name it", "document.getElementById('model').value === 'mine.safetensors'")
	p.wait("no download of what is the person's own", "document.getElementById('download').disabled")
	p.wait("its layers", "document.querySelectorAll('#layer-table tbody tr').length > 8")
	p.wait("their times, none of them 0.00 ms", `(() => {
		const times = [...document.querySelectorAll('#layer-table td.ms')].map((td) => td.textContent).filter((text) => text && text !== 'fused');
		return times.length > 3 && times.every((text) => /^(< 0\.0?1|\d+\.\d\d)$/.test(text) && text !== '0.00');
	})()`)

	before := p.kept()
	for name, c := range map[string]struct {
		files [][2]string
		says  string
	}{
		"cut off":                {[][2]string{{"cut.safetensors", string(b[:len(b)/2])}}, "cut.safetensors"},
		"no such file":           {[][2]string{{"text.safetensors", "no network at all, whatever it is called"}}, "text.safetensors"},
		"no spec, other tensors": {[][2]string{{"other.safetensors", strings.Replace(string(bare), `"fc.weight"`, `"fc.weighs"`, 1)}}, "model.json"},
		"a wrong spec":           {[][2]string{{"bare.safetensors", string(bare)}, {"model.json", strings.Replace(spec, `"op":"conv"`, `"op":"<b>convolve</b>"`, 1)}}, "<b>convolve</b>"},
		"no JSON":                {[][2]string{{"bare.safetensors", string(bare)}, {"model.json", "{"}}, "bare.safetensors"},
		"another shape":          {[][2]string{{"bare.safetensors", string(bare)}, {"model.json", strings.Replace(spec, `"out":128`, `"out":64`, 1)}}, "bare.safetensors"},
	} {
		var paths []string
		for _, f := range c.files {
			paths = append(paths, write(t, f[0], []byte(f[1])))
		}
		n := p.count()
		p.setFiles("network", paths...)
		p.sentence("own-broken")
		if text := p.text("notice-text"); !strings.Contains(text, c.says) {
			t.Errorf("%s: the notice says %q, expected a word of %q", name, text, c.says)
		}
		if p.kept() != before || p.count() != n {
			t.Errorf("%s: the page has changed", name)
		}
		p.click("notice-close")
	}
	// Without a spec, but with the names and shapes of one of the tutorial's classes.
	state, err := filepath.Abs(filepath.Join("..", "..", "nn", "testdata", "golden", "state_dict.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	n = p.count()
	p.setFiles("network", state)
	want, err := exec.Command(command, "run", "--json", "--arch", "simple-se", state, picture).Output()
	if err != nil {
		t.Fatal(err)
	}
	var arch detail
	if err := json.Unmarshal(want, &arch); err != nil {
		t.Fatal(err)
	}
	if diff := far(p.after(n, "scene.png", "state_dict.safetensors").Logits, arch.Logits); diff > 1e-4 {
		t.Errorf("a state_dict of the tutorial's class: logits differ from those of --arch by %.1e", diff)
	}
	// Rounded on opening, as sescope quantize rounds it; the smaller file can be saved.
	p.click("own-round")
	n = p.count()
	p.setFiles("network", state)
	rounded := p.after(n, "scene.png", "state_dict.safetensors")
	int8 := filepath.Join(t.TempDir(), "int8.safetensors")
	if out, err := exec.Command(command, "quantize", state, int8).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if want, err = exec.Command(command, "run", "--json", "--arch", "simple-se", int8, picture).Output(); err != nil {
		t.Fatal(err)
	}
	var small detail
	if err := json.Unmarshal(want, &small); err != nil {
		t.Fatal(err)
	}
	if diff := far(rounded.Logits, small.Logits); diff > 1e-4 {
		t.Errorf("rounded on opening: logits differ from the command's int8 by %.1e", diff)
	}
	if far(rounded.Logits, arch.Logits) == 0 {
		t.Error("rounding changed nothing")
	}
	p.wait("the smaller file to be saved", "!document.getElementById('download').disabled")
	p.click("own-round")

	n = p.count()
	p.setFiles("network", write(t, "bare.safetensors", bare), write(t, "model.json", []byte(spec)))
	if diff := far(p.after(n, "scene.png", "bare.safetensors").Logits, d.Logits); diff > 1e-6 {
		t.Errorf("with its spec beside it the network's logits differ by %.1e", diff)
	}
	// A new worker is given the same file again.
	p.allow(`console.log: "panic:`)
	p.run("const make = sescope.newWorker; sescope.newWorker = () => e2e.worker = make(); sescope.firstWorker.postMessage(null)")
	n = p.count()
	p.after(n, "scene.png", "bare.safetensors")

	p.choose("model", "simple-se")
	p.wait("a built-in network again", "!document.getElementById('download').disabled")
	p.gallery("model")
}
