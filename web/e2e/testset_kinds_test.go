package e2e

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"
)

// The sets that people have, beside folders of classes: page and command line take them alike, and
// say what they took.
func TestTestSetKinds(t *testing.T) { inBoth(t, testTestSetKinds) }

func testTestSetKinds(t *testing.T, in device) {
	batch, err := os.ReadFile("../../nn/dataset/pickled/testdata/ten.pickle")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for _, name := range []string{"data_batch_1", "data_batch_2", "test_batch"} {
		w.WriteHeader(&tar.Header{Name: "cifar-10-batches-py/" + name, Size: int64(len(batch)), Mode: 0o644})
		w.Write(batch)
	}
	w.Close()
	z.Close()
	picture := func(i uint64) []byte { return encodePNG(drawn(i)) }
	var pictures bytes.Buffer
	w = tar.NewWriter(&pictures)
	for i, name := range []string{"set/cats/1.png", "set/Lorries/2.png"} {
		b := picture(uint64(i))
		w.WriteHeader(&tar.Header{Name: name, Size: int64(len(b)), Mode: 0o644})
		w.Write(b)
	}
	w.Close()
	var names bytes.Buffer // 飞机 in GBK, without the flag of UTF-8
	a := zip.NewWriter(&names)
	f, err := a.CreateHeader(&zip.FileHeader{Name: "\xb7\xc9\xbb\xfa/1.png", NonUTF8: true})
	if err != nil {
		t.Fatal(err)
	}
	f.Write(picture(5))
	a.Close()

	p := open(t, in)
	p.model("simple-se")
	for _, c := range []struct {
		file string
		b    []byte
		n    int
		by   string // what the page says of it
	}{
		{"test_batch", batch, 2, ""},
		{"cifar-10-python.tar.gz", packed.Bytes(), 2, "taken: test"},
		{"pictures.tar", pictures.Bytes(), 2, ""},
		{"gbk.zip", names.Bytes(), 1, ""},
		{"names.zip", zipped([]testFile{{"cat.0.png", picture(1)}, {"dog_12.png", picture(2)}}), 2, "in the files' names"},
		{"table.zip", zipped([]testFile{{"train/1.png", picture(1)}, {"train/2.png", picture(2)}, {"labels.csv", []byte("id,label\n1,frog\n2,\xb7\xc9\xbb\xfa\n")}}), 2, "the table"},
		{"parts.zip", zipped([]testFile{{"train/cat/1.png", picture(1)}, {"train/cat/2.png", picture(2)}, {"test/dog/1.png", picture(3)}}), 1, "taken: test"},
	} {
		file := write(t, c.file, c.b)
		got, want := p.tests(func() { p.setFiles("testset", file) }), evaluated(t, "simple-se", file)
		if got.N != c.n {
			t.Errorf("%s: %d pictures, expected %d", c.file, got.N, c.n)
		}
		equalReports(t, c.file, got, want)
		if by := p.text("test-by"); (by == "") != (c.by == "") || !strings.Contains(by, c.by) {
			t.Errorf("%s: the page says %q, expected %q", c.file, by, c.by)
		}
		for part, n := range map[string]map[string]int{"cifar-10-python.tar.gz": {"train": 4, "all": 6}, "parts.zip": {"train": 2, "all": 3}}[c.file] {
			got := p.tests(func() { p.choose("test-part", part) })
			if got.N != n {
				t.Errorf("%s, part %s: %d pictures, expected %d", c.file, part, got.N, n)
			}
			equalReports(t, c.file+", "+part, got, evaluated(t, "simple-se", file, "--part", part))
		}
	}
	// One method that is not read: its name, in both languages.
	bz := zipped([]testFile{{"cat/1.png", picture(1)}})
	bz[bytes.Index(bz, []byte("PK\x01\x02"))+10] = 12
	p.setFiles("testset", write(t, "bzip2.zip", bz))
	p.wait("the method", "document.getElementById('test-trouble').innerText.includes('compressed with bzip2')")
	p.click("lang-zh")
	p.wait("the method in Chinese", "document.getElementById('test-trouble').innerText.includes('用 bzip2 压缩')")
	p.click("lang-en")
}
