package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
)

var classes = []nn.Class{{En: "airplane", Zh: "飞机"}, {En: "cell phone", Zh: "手机"}, {En: "cat", Zh: "猫"}}

// Folders are classes by English or Chinese name in any case, or by index; others are named and
// counted, and hidden files are passed over.
func TestLabel(t *testing.T) {
	pictures, unmatched := Label([]string{
		"set/cat/b.png", "set/Cat/a.png", "set/猫/c.png", "set/cell_phone/1.png", "Cell-Phone/x/y/2.png", "0/z.png", "02/z.png",
		"set/teapot/1.png", "set/teapot/2.png", "7/1.png", "2/teapot/1.png", "alone.png", "cat/.hidden.png", "__MACOSX/cat/._a.png", "cat/Thumbs.db", "cat/", `win\cat\w.png`,
	}, classes)
	var got []string
	for _, p := range pictures {
		got = append(got, fmt.Sprintf("%s=%d@%d", p.Name, p.Label, p.At))
	}
	want := []string{"0/z.png=0@5", "02/z.png=2@6", "Cell-Phone/x/y/2.png=1@4", "set/Cat/a.png=2@1", "set/cat/b.png=2@0", "set/cell_phone/1.png=1@3", "set/猫/c.png=2@2", "win/cat/w.png=2@16"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q\nexpected %q", got, want)
	}
	if want := []Folder{{"", 1}, {"2/teapot", 1}, {"7", 1}, {"set/teapot", 2}}; !reflect.DeepEqual(unmatched, want) {
		t.Errorf("unmatched %v, expected %v", unmatched, want)
	}
}

func TestCIFAR(t *testing.T) {
	b := make([]byte, Record)
	b[0], b[1], b[1+1024], b[1+2048], b[Record-1] = 7, 11, 22, 33, 44
	pix := make([]byte, 4*32*32)
	if label, err := Unpack(pix, b, "x", 0, 10); err != nil || label != 7 || !bytes.Equal(pix[:4], []byte{11, 22, 33, 255}) || pix[4*1023+2] != 44 {
		t.Errorf("label %d, %v, pixels %v", label, err, pix[:4])
	}
	b[0] = 10
	if _, err := Unpack(pix, b, "x.bin", 3, 10); err == nil || err.Error() != "x.bin record 3 has label 10, expected 0 to 9" {
		t.Errorf("label 10: %v", err)
	}
	for _, c := range []struct {
		bytes, classes int
		kind           Kind
	}{{0, 10, NotCIFAR}, {Record + 1, 10, NotCIFAR}, {3074, 10, NotCIFAR}, {Record, 67, TenClasses}, {Record * (MaxFiles + 1), 10, TooMany}} {
		if _, err := Records("x", c.bytes, 10, c.classes); !is(err, c.kind) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if n, err := Records("x", 4*Record, 10, 10); n != 4 || err != nil {
		t.Errorf("%d records, %v", n, err)
	}
}

func is(err error, kind Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}

// open reads an archive in the way of page and command line.
func open(b []byte) ([]Entry, []Skip, error) {
	at, n, err := Directory("a.zip", b[max(0, len(b)-TailSize):], len(b))
	if err != nil {
		return nil, nil, err
	}
	return Entries("a.zip", b[at:][:n], len(b), nil)
}

func archive(t testing.TB, comment string, files ...*zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.SetComment(comment)
	for _, h := range files {
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, "/") {
			io.WriteString(f, strings.Repeat(h.Name+" ", 50))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What our reader lists of an archive that Go wrote is what Go's reader lists, to the byte.
func TestZipReadsWhatGoWrites(t *testing.T) {
	b := archive(t, "a comment", &zip.FileHeader{Name: "cat/"}, &zip.FileHeader{Name: "cat/a.png"}, &zip.FileHeader{Name: "cat/b.png", Method: zip.Deflate}, &zip.FileHeader{Name: "猫/c.png", Method: zip.Deflate}, &zip.FileHeader{Name: "__MACOSX/cat/a.png"})
	list, skipped, err := open(b)
	if err != nil || len(skipped) != 0 {
		t.Fatal(err, skipped)
	}
	theirs, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"cat/a.png", "cat/b.png", "猫/c.png"} {
		e, f := list[i], theirs.File[i+1]
		skip, err := e.Data(b[e.At:])
		at, _ := f.DataOffset()
		if err != nil || e.Name != name || f.Name != name || int64(e.At+skip) != at || e.Packed != int(f.CompressedSize64) || e.Size != int(f.UncompressedSize64) || e.CRC != f.CRC32 || e.Deflate != (f.Method == 8) {
			t.Errorf("%+v, %v; Go says %+v at %d", e, err, f.FileHeader, at)
		}
		text := []byte(strings.Repeat(name+" ", 50))
		if err := e.Check(text); err != nil {
			t.Error(err)
		}
		text[3] ^= 1
		if err := e.Check(text); !is(err, Damaged) {
			t.Errorf("%s with a wrong byte: %v", name, err)
		}
	}
	if len(list) != 3 {
		t.Errorf("%d files, expected 3", len(list))
	}
}

// A comment may hold the mark that begins the record of the directory.
func TestZipComment(t *testing.T) {
	if list, _, err := open(archive(t, "PK\x05\x06 and more bytes than a record has", &zip.FileHeader{Name: "cat/a.png"})); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestChecksum(t *testing.T) {
	b := []byte("the quick brown fox \x00\xff")
	for n := range len(b) + 1 {
		if got, want := Checksum(b[:n]), crc32.ChecksumIEEE(b[:n]); got != want {
			t.Errorf("%d bytes: %08x, expected %08x", n, got, want)
		}
	}
}

// Each archive that is refused, and each file of one that is left out, by name.
func TestBadZips(t *testing.T) {
	good := archive(t, "", &zip.FileHeader{Name: "cat/a.png"}, &zip.FileHeader{Name: "cat/b.png"})
	at := bytes.Index(good, memberMark)
	change := func(i int, bytes ...byte) []byte {
		b := append([]byte{}, good...)
		copy(b[i:], bytes)
		return b
	}
	end := len(good) - endSize
	second := at + bytes.Index(good[at+4:], memberMark) + 4
	for name, c := range map[string]struct {
		b    []byte
		kind Kind
	}{
		"empty file":            {nil, NotZip},
		"no zip":                {[]byte("PK but no more than that"), NotZip},
		"cut off":               {good[:len(good)-30], NotZip},
		"zip64":                 {change(end+16, 0xff, 0xff, 0xff, 0xff), Zip64},
		"zip64 entry":           {change(at+24, 0xff, 0xff, 0xff, 0xff), Zip64},
		"directory outside":     {change(end+12, 0xff, 0xff, 0xff, 0), BrokenZip},
		"no directory there":    {change(end+16, 0), BrokenZip},
		"encrypted":             {change(at+8, 1), Encrypted},
		"entry past the end":    {change(at+42, 0xff, 0xff, 0xff, 0), BrokenZip},
		"name past the end":     {change(second+28, 0xff, 0xff), BrokenZip},
		"files over each other": {change(at+20, 0xe8, 3, 0, 0), BrokenZip},
	} {
		if list, _, err := open(c.b); !is(err, c.kind) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v; expected %s", name, list, err, c.kind)
		}
	}
	for name, c := range map[string]struct {
		b    []byte
		kind Kind
	}{
		"another method": {change(at+10, 12), Method},
		"a bomb":         {change(at+24, 0, 0, 0, 5), LargeFile},
		"outside":        {change(at+46, []byte("../a.png.")...), Outside},
		"absolute":       {change(at+46, []byte("/etc/pass")...), Outside},
		"a drive":        {change(at+46, []byte("c:\\a.png_")...), Outside},
		"zero":           {change(at+46, []byte("cat/a\x00png")...), Outside},
	} {
		if list, skipped, err := open(c.b); err != nil || len(list) != 1 || len(skipped) != 1 || skipped[0].Why != c.kind {
			t.Errorf("%s: %v, %v, %v; expected one left out as %s", name, list, skipped, err, c.kind)
		}
	}
	for _, k := range []Kind{NotCIFAR, TenClasses, WrongLabel, NoPictures, TooMany, NotZip, Zip64, Encrypted, BrokenZip, Methods, NotPickle, BrokenTar, NoPart, TooLarge, Outside, Method, LargeFile, Damaged} {
		if text := (&Fault{Kind: k, Name: "x.zip"}).Error(); strings.Contains(text, string(k)+"\x00") || text == "x.zip: "+string(k) {
			t.Errorf("no sentence for %s: %q", k, text)
		}
	}
}

// No archive makes the reader panic, loop or list more than there is.
func FuzzZip(f *testing.F) {
	f.Add(archive(f, "", &zip.FileHeader{Name: "cat/a.png"}, &zip.FileHeader{Name: "cat/b.png", Method: zip.Deflate}))
	f.Add(archive(f, "PK\x05\x06", &zip.FileHeader{Name: "cat/"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _, err := open(b)
		if err != nil {
			return
		}
		packed := 0
		for _, e := range list {
			packed += e.Packed
			if e.At < 0 || e.At >= len(b) || e.Size > MaxFile || leaves(e.Name) {
				t.Errorf("%+v of %d bytes", e, len(b))
			}
			if skip, err := e.Data(b[e.At:]); err == nil && skip < localSize {
				t.Errorf("data %d behind the header", skip)
			}
		}
		if packed > len(b) {
			t.Errorf("%d bytes in an archive of %d", packed, len(b))
		}
	})
}

// Folders name the classes: the innermost one, each name once however it is written.
func TestClasses(t *testing.T) {
	got := Classes([]string{"set/train/my cup/1.png", "set/val/My_Cup/2.png", "set/train/猫/a.png", `win\dog\1.png`, "top.png", "set/.hidden/x.png", "__MACOSX/cup/1.png", "set/empty/", "7/a.png"})
	var names []string
	for _, c := range got {
		names = append(names, c.En)
		if c.Zh != c.En {
			t.Errorf("class %q is called %q in Chinese", c.En, c.Zh)
		}
	}
	if want := []string{"7", "My_Cup", "dog", "猫"}; !slices.Equal(names, want) {
		t.Errorf("classes %q, expected %q", names, want)
	}
	pictures, unmatched := Label([]string{"set/train/my cup/1.png", "7/a.png", "top.png"}, got)
	if len(pictures) != 2 || pictures[0].Label != 0 || pictures[1].Label != 1 || len(unmatched) != 1 {
		t.Errorf("labels %+v, unmatched %+v", pictures, unmatched)
	}
}

// No list of classes makes the reader panic, and every class has a name.
func FuzzClassList(f *testing.F) {
	f.Add("cat\ndog\t狗\r\n\n")
	f.Add("\ufeffcat")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range ClassList(text) {
			if c.En == "" || c.Zh == "" || strings.ContainsAny(c.En+c.Zh, "\n\r") {
				t.Errorf("class %+v of %q", c, text)
			}
		}
	})
}
