package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

var cifarNames = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// drawn is a picture of 32 x 32 unlike the others: two coloured discs on a slope of colour.
func drawn(seed uint64) *image.NRGBA {
	r := rand.New(rand.NewPCG(seed, 7))
	img := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	colour := func() [3]float64 { return [3]float64{255 * r.Float64(), 255 * r.Float64(), 255 * r.Float64()} }
	from, to := colour(), colour()
	type disc struct {
		x, y, r float64
		c       [3]float64
	}
	discs := []disc{{32 * r.Float64(), 32 * r.Float64(), 3 + 9*r.Float64(), colour()}, {32 * r.Float64(), 32 * r.Float64(), 3 + 9*r.Float64(), colour()}}
	for y := range 32 {
		for x := range 32 {
			var c [3]float64
			for i := range c {
				c[i] = from[i] + (to[i]-from[i])*float64(y)/31
			}
			for _, d := range discs {
				if math.Hypot(float64(x)-d.x, float64(y)-d.y) < d.r {
					c = d.c
				}
			}
			img.SetNRGBA(x, y, color.NRGBA{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
		}
	}
	return img
}

// record is a record of CIFAR-10's files.
func record(label int, img *image.NRGBA) []byte {
	b := make([]byte, 3073)
	b[0] = byte(label)
	for i := range 1024 {
		b[1+i], b[1025+i], b[2049+i] = img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2]
	}
	return b
}

// A testFile is one of a folder or zip.
type testFile struct {
	name string
	b    []byte
}

// testFiles are n pictures by class, some of them larger or JPEG, and what has to be left out.
func testFiles(n int) []testFile {
	var list []testFile
	for i := range n {
		name := []string{cifarNames[i%10], "猫", "Ship", "3"}[min(i/10, 3)]
		list = append(list, testFile{fmt.Sprintf("set/%s/%03d.png", name, i), encodePNG(drawn(uint64(i)))})
	}
	return append(list, testFile{"set/dog/large.png", encodePNG(scene(300, 200))}, testFile{"set/teapot/1.png", encodePNG(drawn(1))}, testFile{"set/teapot/2.png", encodePNG(drawn(2))},
		testFile{"set/cat/broken.png", []byte("\x89PNG\r\n\x1a\nno more")}, testFile{"set/cat/notes.txt", []byte("no picture")}, testFile{"set/cat/empty.png", nil},
		testFile{"set/cat/huge.png", hugePNG()}, testFile{"set/.DS_Store", []byte("x")}, testFile{"set/<img src=x onerror=alert(1)>/1.png", encodePNG(drawn(3))})
}

func zipped(files []testFile) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if i%3 == 0 {
			h.Method = zip.Store
		}
		out, err := w.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		out.Write(f.b)
	}
	w.Close()
	return b.Bytes()
}

func folder(t *testing.T, files []testFile) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(root, "set")
}

// dropped opens files as a folder that is dropped, in the way that the browser tells of it.
func (p *tab) dropped(files []testFile) {
	p.t.Helper()
	list := map[string][]byte{}
	for _, f := range files {
		list[f.name] = f.b
	}
	b, err := json.Marshal(list)
	if err != nil {
		p.t.Fatal(err)
	}
	p.run(`const files = ` + string(b) + `;
		const entry = (path) => path in files
			? { isFile: true, fullPath: '/' + path, file: (done) => done(new File([Uint8Array.from(atob(files[path] || ''), (c) => c.charCodeAt(0))], path.split('/').pop())) }
			: { isDirectory: true, name: path, fullPath: '/' + path, createReader: () => {
				const below = new Set(Object.keys(files).filter((f) => f.startsWith(path + '/')).map((f) => path + '/' + f.slice(path.length + 1).split('/')[0]));
				const parts = [[...below].slice(0, 5), [...below].slice(5), []];
				return { readEntries: (done) => done((parts.shift() || []).map(entry)) };
			} };
		const event = new Event('drop', { bubbles: true, cancelable: true });
		event.dataTransfer = { files: [], items: [{ webkitGetAsEntry: () => entry('set') }] };
		document.body.dispatchEvent(event)`)
}
