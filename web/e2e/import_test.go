package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// converted is what the command line makes of an ONNX file, run on a picture.
func converted(t *testing.T, onnx, picture string) detail {
	t.Helper()
	out := filepath.Join(t.TempDir(), "converted.safetensors")
	if b, err := exec.Command(command, "convert", onnx, out).CombinedOutput(); err != nil {
		t.Fatalf("convert: %v: %s", err, b)
	}
	return ran(t, out, picture)
}

func ran(t *testing.T, args ...string) (d detail) {
	t.Helper()
	b, err := exec.Command(command, append([]string{"run", "--json"}, args...)...).Output()
	if err != nil {
		t.Fatalf("run %q: %v", args, err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// torchSave writes the float tensors of a safetensors file as torch.save does.
func torchSave(t *testing.T, file []byte) []byte {
	t.Helper()
	f := readSafe(t, file)
	var p, out bytes.Buffer
	z := zip.NewWriter(&out)
	record := func(name string, b []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "net/" + name}) // stored
		if err != nil {
			t.Fatal(err)
		}
		w.Write(b)
	}
	text := func(s string) {
		p.WriteByte('X')
		p.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
		p.WriteString(s)
	}
	numbers := func(list []int) {
		p.WriteByte('(')
		for _, n := range list {
			p.WriteByte('J')
			p.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
		}
		p.WriteByte('t')
	}
	p.WriteString("\x80\x02}(")
	key := 0
	for name, v := range f.header {
		entry := v.(map[string]any)
		if name == "__metadata__" || entry["dtype"] != "F32" {
			continue
		}
		var shape, strides []int
		count := 1
		for _, d := range entry["shape"].([]any) {
			shape = append(shape, int(d.(float64)))
			strides = append(strides, 0)
		}
		for i := len(shape) - 1; i >= 0; i-- {
			strides[i] = count
			count *= shape[i]
		}
		at := f.offset(name)
		record(fmt.Sprintf("data/%d", key), f.data[at:at+4*count])
		text(name)
		p.WriteString("ctorch._utils\n_rebuild_tensor_v2\n((")
		text("storage")
		p.WriteString("ctorch\nFloatStorage\n")
		text(fmt.Sprint(key))
		text("cpu")
		p.WriteString("J")
		p.Write(binary.LittleEndian.AppendUint32(nil, uint32(count)))
		p.WriteString("tQK\x00")
		numbers(shape)
		numbers(strides)
		p.WriteString("\x89)tR")
		key++
	}
	p.WriteString("u.")
	record("data.pkl", p.Bytes())
	z.Close()
	return out.Bytes()
}

// A network of another kind is read by a second program, which comes when the first such file does:
// ONNX, with its data in a file beside it or its classes in a text, and PyTorch's state_dict give
// the command line's logits; what cannot be read is a sentence, and the running network stays.
func TestImport(t *testing.T) { inBoth(t, testImport) }

func testImport(t *testing.T, in device) {
	onnx := func(name string) string { return filepath.Join("..", "..", "nn", "onnx", "testdata", name) }
	golden := filepath.Join("..", "..", "nn", "testdata", "golden")
	absolute := func(name string) string {
		path, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	p := open(t, in)
	p.openTab("model")
	picture := write(t, "scene.png", encodePNG(scene(64, 64)))
	p.explain(picture)
	const fetched = "performance.getEntriesByType('resource').filter((e) => e.name.includes('/importer.')).length"
	if n := eval[int](p, fetched); n != 0 {
		t.Errorf("a first visit fetches the second program %d times", n)
	}

	before := p.kept()
	missing := write(t, "cut.onnx", []byte("\x08\x07\x12"))
	for file, c := range map[string]struct{ trouble, says string }{
		absolute(onnx("external.onnx")):   {"own-broken", "external.onnx.data"},
		absolute(onnx("strip-gate.onnx")): {"own-broken", "some axes"},
		missing:                           {"own-broken", "cut: not an ONNX file"},
		absolute("../../weights/torch/testdata/module.pt"):         {"own-broken", "torch.save(net.state_dict()"},
		write(t, "net.tflite", []byte("\x1c\x00\x00\x00TFL3....")): {"own-broken", "TensorFlow Lite"},
	} {
		n := p.count()
		p.setFiles("network", file)
		p.sentence(c.trouble)
		if text := p.text("notice-text"); !strings.Contains(text, c.says) {
			t.Errorf("%s: the notice says %q, expected a word of %q", file, text, c.says)
		}
		if p.kept() != before || p.count() != n {
			t.Errorf("%s: the page has changed", file)
		}
		p.click("notice-close")
	}
	p.run("window.importer = sescope.newImporter; sescope.newImporter = () => Promise.reject(new Error('no network'))")
	p.setFiles("network", missing)
	p.sentence("reader-missing")
	p.run("sescope.newImporter = () => importer().then((w) => (e2e.importer = w, w.onmessage2 = w.terminate.bind(w), w.terminate = () => { e2e.ended = true; w.onmessage2(); }, w))")
	p.click("notice-action") // tries once more
	p.sentence("own-broken")
	p.click("notice-close")
	p.wait("the second program's worker to end", "e2e.ended")

	for _, c := range []struct {
		files []string
		name  string
		want  detail
	}{
		{[]string{filepath.Join(golden, "tiny-14.onnx")}, "tiny-14.onnx", converted(t, filepath.Join(golden, "tiny-14.onnx"), picture)},
		{[]string{onnx("external.onnx.data"), onnx("external.onnx")}, "external.onnx", converted(t, onnx("external.onnx"), picture)},
	} {
		var paths []string
		for _, f := range c.files {
			paths = append(paths, absolute(f))
		}
		n := p.count()
		p.setFiles("network", append(paths, write(t, "names.txt", []byte("one\nzwei\t二\n3\n4\n5\n6\n7\n8\n9\n10\n")))...)
		d := p.after(n, "scene.png", c.name)
		if diff := far(d.Logits, c.want.Logits); diff > 1e-5 {
			t.Errorf("%s: logits differ from the command's by %.1e", c.name, diff)
		}
		for _, class := range d.Top {
			if !strings.Contains("one zwei 3 4 5 6 7 8 9 10", class.Class) {
				t.Errorf("%s: class %q, expected one of names.txt", c.name, class.Class)
			}
		}
	}

	// A file that leaves the size of its pictures open is asked about: two sizes are offered.
	fixed, err := os.ReadFile(filepath.Join(golden, "tiny-14.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	const side, none = "\x0a\x02\x08\x20", "\x0a\x02\x08\x00" // a dimension of 32, and one of nothing
	before = p.kept()
	p.setFiles("network", write(t, "open.onnx", bytes.Replace(fixed, []byte("\x03"+side+side), []byte("\x03"+none+none), 1)))
	p.sentence("own-size")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	for _, button := range []string{"notice-action", "notice-second"} {
		if text := p.text(button); !strings.Contains("224 × 224, 32 × 32", text) || text == "" {
			t.Errorf("#%s says %q", button, text)
		}
	}
	n := p.count()
	p.click("notice-second")
	want := converted(t, filepath.Join(golden, "tiny-14.onnx"), picture)
	if diff := far(p.after(n, "scene.png", "open.onnx").Logits, want.Logits); diff > 1e-5 {
		t.Errorf("open.onnx at 32 x 32: logits differ from the command's by %.1e", diff)
	}

	state := filepath.Join(golden, "state_dict.safetensors")
	b, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	want = ran(t, "--arch", "simple-se", state, picture)
	n = p.count()
	p.setFiles("network", write(t, "state.pt", torchSave(t, b)))
	if diff := far(p.after(n, "scene.png", "state.pt").Logits, want.Logits); diff > 1e-4 {
		t.Errorf("state.pt: logits differ from those of --arch by %.1e", diff)
	}
	// A new worker is given the converted file.
	p.allow(`console.log: "panic:`)
	p.run("const make = sescope.newWorker; sescope.newWorker = () => e2e.worker = make(); sescope.firstWorker.postMessage(null)")
	n = p.count()
	p.after(n, "scene.png", "state.pt")
}
