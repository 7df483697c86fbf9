package pickle

import (
	"reflect"
	"strings"
	"testing"
)

// Pickles as Python 3.11 writes them, by protocol: see the comments.
func TestDecode(t *testing.T) {
	for _, c := range []struct {
		pickle string
		want   any
	}{
		// pickle.dumps([1, -2, 3.5, None, True, "x"], 0)
		{"(lp0\nI1\naI-2\naF3.5\naNaI01\naVx\np1\na.", &List{[]any{int64(1), int64(-2), 3.5, nil, true, "x"}}},
		// pickle.dumps({"a": (1, 300), "b": b"\xff"}, 4)
		{"\x80\x04\x95\x17\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94K\x01M,\x01\x86\x94\x8c\x01b\x94C\x01\xff\x94u.",
			&Dict{[]any{"a", "b"}, []any{Tuple{int64(1), int64(300)}, []byte{255}}}},
		// pickle.dumps(b"\xe9", 2)
		{"\x80\x02c_codecs\nencode\nq\x00X\x02\x00\x00\x00\xc3\xa9q\x01X\x06\x00\x00\x00latin1q\x02\x86q\x03Rq\x04.", []byte{0xe9}},
		// pickle.dumps(2**40, 2), pickle.dumps(-5, 2)
		{"\x80\x02\x8a\x06\x00\x00\x00\x00\x00\x01.", int64(1 << 40)},
		{"\x80\x02J\xfb\xff\xff\xff.", int64(-5)},
		// pickle.dumps(os.system): a function stays a name
		{"\x80\x04\x95\x14\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.", Global{"posix", "system"}},
		// a call of it is not made
		{"cos\nsystem\n(S'rm -rf /'\ntR.", &Object{Class: Global{"os", "system"}, Args: Tuple{[]byte("rm -rf /")}}},
		// Python 2: {'labels': [3]} with bytes for keys
		{"(dp0\nS'labels'\np1\n(lp2\nI3\nas.", &Dict{[]any{[]byte("labels")}, []any{&List{[]any{int64(3)}}}}},
	} {
		got, rest, err := Decode([]byte(c.pickle + "more"))
		if err != nil || !reflect.DeepEqual(got, c.want) || string(rest) != "more" {
			t.Errorf("%q: %#v, rest %q (%v), expected %#v", c.pickle, got, rest, err, c.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	for pickle, want := range map[string]string{
		"":                     "too early",
		"\x80\x02K":            "too early",
		".":                    "where none is left",
		"h\x07.":               "did not keep",
		"K\x01u.":              "mark",
		"\xff.":                "opcode",
		"X\xff\xff\xff\xffabc": "length",
		"K\x01K\x02a.":         "no container",
	} {
		if _, _, err := Decode([]byte(pickle)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, expected one with %q", pickle, err, want)
		}
	}
	if _, _, err := Decode([]byte(strings.Repeat("K\x01", maxSteps) + ".")); err == nil {
		t.Error("more steps than allowed were made")
	}
}

// pickle.dumps(numpy.array([[1, 2], [3, 4]], "u1"), 2) as numpy 1.24 writes it.
func TestNumPy(t *testing.T) {
	const text = "\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02c_codecs\nencode\nq\x03X\x01\x00\x00\x00bq\x04" +
		"X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\x87q\x08Rq\t(K\x01K\x02K\x02\x86q\ncnumpy\ndtype\nq\x0bX\x02\x00\x00\x00u1q\x0c\x89\x88\x87q\rRq\x0e" +
		"(K\x03X\x01\x00\x00\x00|q\x0fNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x10b\x89h\x03X\x04\x00\x00\x00\x01\x02\x03\x04q\x11h\x05\x86q\x12Rq\x13tq\x14b."
	v, _, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	a, ok := NumPy(v)
	if want := (Array{DType: "u1", Shape: []int{2, 2}, Data: []byte{1, 2, 3, 4}}); !ok || !reflect.DeepEqual(a, want) {
		t.Errorf("%+v %v, expected %+v", a, ok, want)
	}
	if n, ok := Ints(v); !ok || !reflect.DeepEqual(n, []int{1, 2, 3, 4}) {
		t.Errorf("Ints gives %v %v", n, ok)
	}
}

// FuzzDecode: whatever the bytes, the answer is an error or a value, and arrays have their bytes.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01K\x01\x85q\x02X\x01\x00\x00\x00bq\x03]q\x04(K\x01K\x02eu."))
	f.Add([]byte("(dp0\nS'labels'\np1\n(lp2\nI3\nas."))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, _, err := Decode(b)
		if err != nil {
			return
		}
		NumPy(v)
		Ints(v)
	})
}
