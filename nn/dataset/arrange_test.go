package dataset

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sescope/nn"
)

var cifar = func() (list []nn.Class) {
	for _, c := range []string{"airplane 飞机", "automobile 汽车", "bird 鸟", "cat 猫", "deer 鹿", "dog 狗", "frog 青蛙", "horse 马", "ship 船", "truck 卡车"} {
		en, zh, _ := strings.Cut(c, " ")
		list = append(list, nn.Class{En: en, Zh: zh})
	}
	return list
}()

// What people call a folder is its class: in the plural, or by another word; a class of that very
// name comes first.
func TestSynonyms(t *testing.T) {
	for folder, want := range map[string]int{
		"cats": 3, "Cat": 3, "aeroplanes": 0, "planes": 0, "cars": 1, "Auto": 1, "lorries": 9, "货车": 9, "boats": 8, "puppies": 5, "horses": 7,
		"shi": -1, "": -1, "caterpillar": -1, "s": -1,
	} {
		if got := newNamer(cifar).find(folder); got != want {
			t.Errorf("%q is %d, expected %d", folder, got, want)
		}
	}
	both := []nn.Class{{En: "car"}, {En: "automobile"}, {En: "glasses"}, {En: "bus"}, {En: "boxes"}, {En: "binoculars"}}
	for folder, want := range map[string]int{"automobile": 1, "car": 0, "autos": 1, "glass": 2, "buses": -1, "bus": 3, "box": 4, "binocular": 5} {
		if got := newNamer(both).find(folder); got != want {
			t.Errorf("%q is %d, expected %d", folder, got, want)
		}
	}
}

func TestFromName(t *testing.T) {
	for name, want := range map[string]int{
		"x/cat.0.jpg": 3, "cat_12.png": 3, "cat (3).png": 3, "0001_cat.png": 3, "dog1.jpg": 5, "Cats-1-flipped.png": 3, "猫01.png": 3, "truck": 9,
		"1.png": -1, "img_0001.png": -1, "concat.1.png": -1, ".png": -1, "cat/1.png": -1,
	} {
		if got := newNamer(cifar).fromName(name); got != want {
			t.Errorf("%q is %d, expected %d", name, got, want)
		}
	}
}

// A set of as many files as there may be is labelled in a moment, whatever labels it.
func TestArrangeIsLinear(t *testing.T) {
	var paths []string
	table := strings.Builder{}
	for i := range MaxFiles {
		paths = append(paths, fmt.Sprintf("set/images/unknown thing number %d.png", i))
		fmt.Fprintf(&table, "unknown thing number %d,unknown thing number %d\n", i, i)
	}
	began := time.Now()
	if a, err := Arrange(append(paths, "labels.csv"), table.String(), "", cifar); err != nil || len(a.Pictures) != 0 {
		t.Errorf("%d pictures, %v", len(a.Pictures), err)
	}
	if took := time.Since(began); took > 20*time.Second { // 1 s where nothing else runs
		t.Errorf("%d files took %v", MaxFiles, took)
	} else {
		t.Logf("%d files took %v", MaxFiles, took)
	}
}

// Tables as competitions and tools write them.
func TestTable(t *testing.T) {
	for name, text := range map[string]string{
		"Kaggle's CIFAR-10": "id,label\n1,frog\n2,truck\n3,cat\n",
		"paths":             "filename,class\r\nimages/1.png,frog\r\nimages/2.png,truck\r\nimages/3.png,3\r\n",
		"no head":           "1.png,6\n2.png,9\n3.png,3\n",
		"Excel in Europe":   "\ufeff\"Label\";\"File\"\n\"Frog\";\"1.png\"\n\"truck\";\"2.PNG\"\n\"cats\";\"3.png\"\n",
		"tabs":              "image\tcategory\n1\tfrog\n2\tlorry\n3\tcat\n",
	} {
		a, err := Arrange([]string{"set/labels.csv", "set/images/1.png", "set/images/2.png", "set/images/3.png", "set/images/4.png"}, text, "", cifar)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, p := range a.Pictures {
			got = append(got, p.Label)
		}
		if !slices.Equal(got, []int{6, 9, 3}) || a.By != ByTable || !reflect.DeepEqual(a.Unmatched, []Folder{{"set/images", 1}}) {
			t.Errorf("%s: %v by %q, unmatched %v", name, got, a.By, a.Unmatched)
		}
	}
	for want, paths := range map[int][]string{1: {"a.png", "labels.csv", "other.csv"}, 0: {"x/table.CSV", "a.png"}, -1: {"a.csv", "b.csv"}} {
		if got := Table(paths); got != want {
			t.Errorf("the table of %v is %d, expected %d", paths, got, want)
		}
	}
}

// Where a folder is a class, names and tables have no say.
func TestFoldersComeFirst(t *testing.T) {
	a, err := Arrange([]string{"set/cat/dog.1.png", "set/misc/ship.2.png", "set/labels.csv"}, "id,label\ndog.1,truck\n", "", cifar)
	if err != nil || len(a.Pictures) != 1 || a.Pictures[0].Label != 3 || a.By != ByFolder || a.Parts != nil {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestParts(t *testing.T) {
	paths := []string{"d/train/cat/1.png", "d/train/cat/2.png", "d/Test/cat/3.png", "d/val/dog/4.png", "d/dog/5.png"}
	all := []Folder{{"", 1}, {"test", 1}, {"train", 2}, {"validation", 1}}
	for part, want := range map[string]string{"": "3", "train": "12", "validation": "4", All: "12345"} {
		a, err := Arrange(paths, "", part, cifar)
		got := ""
		if err == nil {
			for _, p := range a.Pictures {
				got += string(p.Name[len(p.Name)-5])
			}
		}
		got = sorted(got)
		if err != nil || got != want || !reflect.DeepEqual(a.Parts, all) || part != "" && a.Part != part || part == "" && a.Part != "test" {
			t.Errorf("part %q: pictures %s of %+v, %v; expected %s", part, got, a, err, want)
		}
	}
	if _, err := Arrange(paths[:2], "", "test", cifar); !is(err, NoPart) {
		t.Errorf("a part that is not there: %v", err)
	}
	if a, err := Arrange(paths[:2], "", "", cifar); err != nil || a.Parts != nil || len(a.Pictures) != 2 {
		t.Errorf("one part: %+v, %v", a, err)
	}
	if a, err := Arrange(paths[:2], "", "train", cifar); err != nil || len(a.Pictures) != 2 {
		t.Errorf("the one part by name: %+v, %v", a, err)
	}
}

func sorted(s string) string {
	b := []byte(s)
	slices.Sort(b)
	return string(b)
}

// CIFAR's binary files, those of CIFAR-100 by their fine labels.
func TestBatches(t *testing.T) {
	record := append([]byte{99}, bytes.Repeat([]byte{10}, 3*plane)...)
	for of, b := range map[int][]byte{10: append([]byte{3}, record[1:]...), 100: append([]byte{13}, record...)} {
		got, kind, err := Batch("x", b)
		if err != nil || kind != of || !bytes.Equal(got, b[len(b)-Record:]) {
			t.Errorf("CIFAR-%d: %d bytes, CIFAR-%d, %v", of, len(got), kind, err)
		}
	}
	names := []string{"cifar-10-batches-py/data_batch_2", "cifar-10-batches-py/data_batch_1", "cifar-10-batches-py/test_batch", "cifar-10-batches-py/readme.html"}
	for part, want := range map[string][]int{"": {2}, "test": {2}, "train": {1, 0}, All: {1, 0, 2}} {
		list, taken, parts, err := Batches(names, part)
		if err != nil || !slices.Equal(list, want) || part != "" && taken != part || !reflect.DeepEqual(parts, []Folder{{"test", 1}, {"train", 2}}) {
			t.Errorf("part %q: files %v, %q of %v, %v", part, list, taken, parts, err)
		}
	}
	if list, _, _, _ := Batches([]string{"cifar-100-python/meta", "cifar-100-python/test", "cifar-100-python/train"}, ""); !slices.Equal(list, []int{1}) {
		t.Errorf("CIFAR-100's test: %v", list)
	}
	if list, _, _, err := Batches([]string{"cat/test.png", "train/cat/1.png", "test"}, ""); list != nil || err != nil {
		t.Errorf("no batches: %v, %v", list, err)
	}
}

// Names that Windows in Chinese writes are decoded, those of UTF-8 are left, and the extra field
// of some programs is believed if it belongs to the name.
func TestZipNames(t *testing.T) {
	gbk := func(b []byte) (string, bool) { // of the test: 飞机 is B7 C9 BB FA
		s := strings.ReplaceAll(string(b), "\xb7\xc9\xbb\xfa", "飞机")
		return s, s != string(b)
	}
	unicodePath := func(name, of string) []byte {
		field := append([]byte{1, 0, 0, 0, 0}, name...)
		crc := Checksum([]byte(of))
		field[1], field[2], field[3], field[4] = byte(crc), byte(crc>>8), byte(crc>>16), byte(crc>>24)
		return append([]byte{0x75, 0x70, byte(len(field)), 0}, field...)
	}
	b := archive(t, "",
		&zip.FileHeader{Name: "飞机/utf8.png"}, &zip.FileHeader{Name: "飞机/unflagged.png", NonUTF8: true}, &zip.FileHeader{Name: "\xb7\xc9\xbb\xfa/gbk.png", NonUTF8: true},
		&zip.FileHeader{Name: "\xb7\xc9/extra.png", NonUTF8: true, Extra: unicodePath("猫/extra.png", "\xb7\xc9/extra.png")},
		&zip.FileHeader{Name: "\xb7/other.png", NonUTF8: true, Extra: unicodePath("猫/other.png", "another name")})
	at, n, err := Directory("a.zip", b[max(0, len(b)-TailSize):], len(b))
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := Entries("a.zip", b[at:][:n], len(b), gbk)
	var got []string
	for _, e := range list {
		got = append(got, e.Name)
	}
	if want := []string{"飞机/utf8.png", "飞机/unflagged.png", "飞机/gbk.png", "猫/extra.png", "\ufffd/other.png"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("names %q, %v, expected %q", got, err, want)
	}
}

// A zip of one method that is not read is refused by its name; one such file among others is left
// out.
func TestZipMethods(t *testing.T) {
	b := archive(t, "", &zip.FileHeader{Name: "cat/a.png"}, &zip.FileHeader{Name: "cat/b.png"})
	at := bytes.Index(b, memberMark)
	b[at+10] = 12
	if list, skipped, err := open(b); err != nil || len(list) != 1 || len(skipped) != 1 || skipped[0] != (Skip{"cat/a.png", Method, 12}) {
		t.Errorf("%v, %v, %v", list, skipped, err)
	}
	b[at+4+bytes.Index(b[at+4:], memberMark)+10] = 93
	if _, _, err := open(b); !is(err, Methods) || !strings.Contains(err.Error(), "method 93 (zstd)") {
		t.Errorf("no file that can be read: %v", err)
	}
}

// What Go writes in any of tar's formats is listed to the byte.
func TestTar(t *testing.T) {
	long := "cat/" + strings.Repeat("long", 60) + ".png"
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		files := []string{"cat/a.png", "./cat/b.png", "猫/c.png", long}
		if format == tar.FormatUSTAR {
			files = []string{"cat/a.png", strings.Repeat("folder/", 20) + "b.png"}
		}
		w.WriteHeader(&tar.Header{Name: "cat/", Typeflag: tar.TypeDir, Mode: 0o755})
		w.WriteHeader(&tar.Header{Name: "cat/link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
		for i, name := range append(files, "../out.png", "cat/.hidden.png") {
			body := strings.Repeat(name, 3*i)
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(body)), Format: format}); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(w, body)
		}
		w.Close()
		list, skipped, err := Tar("a.tar", b.Len(), func(at, n int) ([]byte, error) { return b.Bytes()[at:][:n], nil })
		if err != nil || len(list) != len(files) || len(skipped) != 1 || skipped[0].Why != Outside || !IsTar(b.Bytes()) {
			t.Fatalf("%v: %v, %v, %v", format, list, skipped, err)
		}
		for i, e := range list {
			body := string(b.Bytes()[e.At:][:e.Size])
			if e.Name != strings.TrimPrefix(files[i], "./") || body != strings.Repeat(files[i], 3*i) || !e.Bare || e.Check([]byte(body)) != nil {
				t.Errorf("%v: %+v holds %.40q", format, e, body)
			}
			if skip, err := e.Data(nil); skip != 0 || err != nil {
				t.Errorf("data of %s: %d, %v", e.Name, skip, err)
			}
		}
		for cut := range b.Len() {
			list, _, err := Tar("a.tar", cut, func(at, n int) ([]byte, error) { return b.Bytes()[at:][:n], nil })
			for _, e := range list {
				if err == nil && e.At+e.Size > cut {
					t.Fatalf("%v: %d bytes of %d hold %+v", format, cut, b.Len(), e)
				}
			}
		}
	}
}

// No archive makes the reader panic, loop or point outside.
func FuzzTar(f *testing.F) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	w.WriteHeader(&tar.Header{Name: strings.Repeat("x", 200), Size: 3, Mode: 0o644})
	fmt.Fprint(w, "abc")
	w.Close()
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _, err := Tar("x", len(b), func(at, n int) ([]byte, error) { return b[at:][:n], nil })
		if err != nil {
			return
		}
		for _, e := range list {
			if e.At < 0 || e.Size < 0 || e.At+e.Size > len(b) || leaves(e.Name) {
				t.Errorf("%+v of %d bytes", e, len(b))
			}
		}
	})
}

// No table of labels and no names make the readers panic or label what is not there.
func FuzzTable(f *testing.F) {
	f.Add("file,label\nb/2.png,dog\n", "a/1.png\nb/2.png", "")
	f.Add("\ufeff1.png;3\r\n2.png;dog", "set/train/1.png\nset/test/2.png", "train")
	f.Add("id\tclass\n\"1\"\tCats\n", "1.png", "all")
	f.Fuzz(func(t *testing.T, table, files, part string) {
		paths := strings.Split(files, "\n")
		a, err := Arrange(paths, table, part, cifar)
		if err != nil {
			return
		}
		for _, p := range a.Pictures {
			if p.At < 0 || p.At >= len(paths) || p.Label < 0 || p.Label >= len(cifar) {
				t.Errorf("%+v of %d files and %d classes", p, len(paths), len(cifar))
			}
		}
	})
}
