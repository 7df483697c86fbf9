package dataset

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"testing"

	"sescope/nn"
)

// What is written is read by Go's zip and by our own reader, and its folders are the classes again.
func TestWriteZip(t *testing.T) {
	var b bytes.Buffer
	var members []Member
	content := map[string][]byte{}
	for i, class := range []string{"my cup", "猫/犬", ".hidden", "a:b"} {
		for j := range 3 {
			data := bytes.Repeat([]byte{byte(i), byte(j), 7}, 100*i+j)
			m := NewMember(fmt.Sprintf("%s/recording-1-%04d.jpg", FolderName(class), j), data)
			members, content[m.Name] = append(members, m), data
			b.Write(m.Header())
			b.Write(data)
		}
	}
	b.Write(DirectoryOf(members))

	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(z.File) != len(members) {
		t.Fatalf("archive/zip: %v, %d files", err, len(z.File))
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content[f.Name]) || f.NonUTF8 {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	at, length, err := Directory("x", b.Bytes(), b.Len())
	if err != nil {
		t.Fatal(err)
	}
	entries, skipped, err := Entries("x", b.Bytes()[at:at+length], b.Len(), nil)
	if err != nil || len(entries) != len(members) || len(skipped) > 0 {
		t.Fatalf("%v, %d entries, skipped %v", err, len(entries), skipped)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
		skip, err := e.Data(b.Bytes()[e.At:])
		if err != nil {
			t.Fatal(err)
		}
		if data := b.Bytes()[e.At+skip:][:e.Packed]; e.Check(data) != nil || !bytes.Equal(data, content[e.Name]) {
			t.Errorf("%s holds other bytes", e.Name)
		}
	}
	want := []nn.Class{{En: "_.hidden", Zh: "_.hidden"}, {En: "a_b", Zh: "a_b"}, {En: "my cup", Zh: "my cup"}, {En: "猫_犬", Zh: "猫_犬"}}
	if got := Classes(names); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("classes %v, expected %v", got, want)
	}
}
