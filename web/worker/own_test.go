package worker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

func file(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A plain state_dict of the tutorial's class loads by the spec of a built-in network of the same
// layers, and by no other; what was measured of that network is not said of the new weights.
// Rounded to int8, it is a quarter as long and describes itself.
func TestOwnWithoutSpec(t *testing.T) {
	own, like, other := file(t, "../../nn/testdata/golden/state_dict.safetensors"), file(t, "../../weights/models/simple-se.safetensors"), file(t, "../../weights/models/simple.safetensors")
	n, _, _ := loaded(t, "cnn3-se")
	before := n.session
	req := protocol.Request{Op: protocol.Load, Model: "mine.safetensors"}
	if _, _, err := n.loadOwn(req, own, nil); !errors.Is(err, nn.ErrNoSpec) || !strings.Contains(err.Error(), "mine.safetensors") {
		t.Errorf("without a spec: %v", err)
	}
	if _, _, err := n.loadOwn(req, own, other); err == nil || errors.Is(err, nn.ErrNoSpec) || !strings.Contains(err.Error(), "mine.safetensors") {
		t.Errorf("with the spec of other layers: %v", err)
	}
	if n.session != before || n.name != "cnn3-se" {
		t.Error("a refused network replaced the running one")
	}
	info, small, err := n.loadOwn(req, own, like)
	if err != nil || small != nil || info.Spec == "" || info.Card != nil || info.Rejects {
		t.Fatalf("%+v, %d bytes, %v", info, len(small), err)
	}
	exact := logitsOf(t, n)
	if _, _, err := n.loadOwn(protocol.Request{Op: protocol.Load, Model: "mine.safetensors", Spec: info.Spec}, own, nil); err != nil {
		t.Fatal(err)
	}
	if again := logitsOf(t, n); !slices.Equal(again, exact) {
		t.Errorf("with the spec that came back: %v, expected %v", again, exact)
	}
	req.Bits = 8
	if _, small, err = n.loadOwn(req, own, like); err != nil || len(small) > len(own)/3 {
		t.Fatalf("%d of %d bytes, %v", len(small), len(own), err)
	}
	quantised := logitsOf(t, n)
	if slices.Equal(quantised, exact) {
		t.Error("rounding changed nothing")
	}
	if _, err := n.load("again", "", small); err != nil {
		t.Fatalf("the rounded file by itself: %v", err)
	}
	if again := logitsOf(t, n); !slices.Equal(again, quantised) {
		t.Errorf("the rounded file says %v, expected %v", again, quantised)
	}
}

func logitsOf(t *testing.T, n *network) []float32 {
	t.Helper()
	pix, err := n.keep(1, side)
	if err != nil {
		t.Fatal(err)
	}
	picture(pix)
	r, _, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: n.name, Want: protocol.Want{Class: -1, Top: 3}})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(r.Logits)
}

// A network of unbounded work is refused with the number, before any memory is taken; the former
// one stays.
func TestOwnHeavy(t *testing.T) {
	b := file(t, "../../weights/models/simple-se.safetensors")
	spec, err := specOf(b)
	if err != nil {
		t.Fatal(err)
	}
	relu := `{"op":"relu","name":"layer1.2"},`
	for pools, heavy := range map[int]bool{30: true, 1: false} { // they have no tensors, so the file stays as it is
		n, _, _ := loaded(t, "cnn3-se")
		before := n.session
		more := strings.NewReplacer(`"H":32,"W":32`, `"H":128,"W":128`).Replace(spec)
		for i := range pools {
			more = strings.Replace(more, relu, relu+fmt.Sprintf(`{"op":"maxpool","name":"pool%d","kernel":31,"stride":1,"pad":15},`, i), 1)
		}
		_, _, err = n.loadOwn(protocol.Request{Op: protocol.Load, Model: "mine", Spec: more}, b, nil)
		var work *nn.WorkError
		if errors.As(err, &work) != heavy || err != nil && !heavy {
			t.Fatalf("with %d pools: %v", pools, err)
		}
		if heavy && (work.Work < nn.MaxWork || n.session != before || n.name != "cnn3-se") {
			t.Errorf("%d multiply-adds; the running network is %s", work.Work, n.name)
		}
	}
}

// A file whose metadata is null, which its spec is put into, opens; the worker panicked.
func TestNullMetadata(t *testing.T) {
	b, err := os.ReadFile("../../nn/testdata/golden/state_dict.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	size := binary.LittleEndian.Uint64(b)
	header := bytes.TrimRight(b[8:8+size], " ")
	i := bytes.Index(header, []byte(`"__metadata__":`))
	if i >= 0 {
		end := i + bytes.IndexByte(header[i:], '}') + 1
		header = append(append(bytes.Clone(header[:i]), `"__metadata__":null`...), header[end:]...)
	} else {
		header = append([]byte(`{"__metadata__":null,`), header[1:]...)
	}
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	file = append(file, b[8+size:]...)
	like, err := os.ReadFile("../../weights/models/simple-se.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := specOf(like)
	if err != nil {
		t.Fatal(err)
	}
	n := &network{}
	if info, _, err := n.loadOwn(protocol.Request{Model: "null.safetensors", Spec: spec}, file, nil); err != nil || len(info.Classes) != 10 {
		t.Errorf("%+v, %v", info, err)
	}
}
