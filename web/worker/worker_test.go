package worker

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
)

const side = 64

// picture fills a kept picture with a bright square.
func picture(pix []byte) {
	for i := range pix {
		pix[i] = 40
		if y, x := i/4/side, i/4%side; i%4 == 3 || x > 16 && x < 40 && y > 20 && y < 50 {
			pix[i] = 255
		}
	}
}

// Every built-in network answers through the worker as it does directly, and explains the kept
// picture without another one.
func TestNetworks(t *testing.T) {
	files, _ := filepath.Glob("../../weights/models/*.safetensors")
	if len(files) == 0 {
		t.Fatal("no networks found")
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".safetensors")
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := &network{}
			info, err := n.load(name, "", b)
			if err != nil {
				t.Fatal(err)
			}
			pix, err := n.keep(1, side)
			if err != nil {
				t.Fatal(err)
			}
			picture(pix)
			want := protocol.Want{Kind: info.Kinds[0], Class: -1, Rank: "mean", Top: 3}
			r, trace, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: name, Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if kept := trace.Maps; !slices.ContainsFunc(kept, func(m nn.Map) bool { return m.Layer == info.LastConv }) {
				t.Errorf("the trace keeps no map of the last convolution %q", info.LastConv)
			}
			if got := r.Pack(nil); r.Unpack(got) != nil {
				t.Error("the result does not survive the wire")
			}
			logits := append([]float32(nil), r.Logits...)
			if direct := run(t, b, n); !reflect.DeepEqual(direct, logits) {
				t.Errorf("logits %v, directly %v", logits, direct)
			}
			for _, kind := range info.Kinds {
				want.Kind, want.Class, want.Rank = kind, 3, "gategrad"
				r, _, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: name, Want: want})
				if err != nil {
					t.Fatal(err)
				}
				if r.Want.Kind != kind || r.Class != 3 || len(r.Channels) != 3 || len(r.Orders[0].Channels) != rankedChannels {
					t.Errorf("%s: explained %s for class %d with %d channels", kind, r.Want.Kind, r.Class, len(r.Channels))
				}
			}
			_, _, err = n.answer(protocol.Request{Op: protocol.Explain, ID: 2, Model: name, Want: want})
			if err == nil || !strings.Contains(err.Error(), "frame 2") {
				t.Errorf("a frame that is not kept: %v", err)
			}
			if _, err := n.load(name, "", b[:100]); err == nil {
				t.Error("a cut-off file was loaded")
			}
			if _, _, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: name, Want: want}); err != nil {
				t.Errorf("after a failed load the former network is gone: %v", err)
			}
		})
	}
}

// A person's gates: the same frame answers with them and says what it would have said without; a
// new frame keeps them; without them everything is as before.
func TestGates(t *testing.T) {
	b, err := os.ReadFile("../../weights/models/simple-se.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{}
	info, err := n.load("simple-se", "", b)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Blocks) != 2 || info.Blocks[1].N != 128 {
		t.Fatalf("blocks %+v", info.Blocks)
	}
	ask := func(op string, id int, gates ...protocol.Override) *protocol.Result {
		t.Helper()
		if op == protocol.Run {
			pix, err := n.keep(id, side)
			if err != nil {
				t.Fatal(err)
			}
			picture(pix)
			for i := range 40 * id {
				pix[4*i] = 90
			}
		}
		want := protocol.Want{Kind: info.Kinds[0], Class: -1, Rank: "mean", Top: 1, Peek: &protocol.Peek{Block: 1, Channel: 7}}
		r, _, err := n.answer(protocol.Request{Op: op, ID: id, Model: "simple-se", Want: want, Gates: gates})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Unpack(r.Pack(nil)); err != nil { // so that it outlives the next answer
			t.Fatal(err)
		}
		return r
	}
	muted := protocol.Override{Block: 1, Fill: protocol.Own, Channels: []int{7}, Values: []float32{0}}
	ones := protocol.Override{Block: 0, Fill: 1}
	free := ask(protocol.Run, 1)
	if free.Touched || free.Base != nil || free.Peeked == nil || free.Peeked.Channel != 7 || len(free.Peeked.Map.Data) == 0 {
		t.Errorf("untouched: %+v", free)
	}
	r := ask(protocol.Explain, 1, muted)
	if !r.Touched || !slices.Equal(r.Base, free.Probs) || slices.Equal(r.Probs, free.Probs) {
		t.Errorf("muted: probabilities %v, without %v, free they were %v", r.Probs, r.Base, free.Probs)
	}
	if g := r.Gates[1]; g.Scale[7] != 0 || g.Own[7] != free.Gates[1].Scale[7] || g.Scale[8] != g.Own[8] {
		t.Errorf("gate 7 is %v, its own %v; gate 8 %v, its own %v", g.Scale[7], g.Own[7], g.Scale[8], g.Own[8])
	}
	if !slices.Equal(r.Peeked.Map.Data, free.Peeked.Map.Data) {
		t.Error("muting changed the map in front of the gate")
	}
	both := ask(protocol.Explain, 1, ones, muted)
	next := ask(protocol.Run, 2, ones, muted)
	if next.Gates[0].Scale[3] != 1 || next.Gates[1].Scale[7] != 0 || slices.Equal(next.Probs, both.Probs) {
		t.Error("the next frame lost the gates, or is no other frame")
	}
	if again := ask(protocol.Run, 1, ones, muted); !slices.Equal(again.Probs, both.Probs) || !slices.Equal(again.Base, free.Probs) {
		t.Errorf("the first frame says %v now, %v before", again.Probs, both.Probs)
	}
	if back := ask(protocol.Explain, 1); back.Touched || !slices.Equal(back.Logits, free.Logits) {
		t.Errorf("without a person's gates the logits are %v, they were %v", back.Logits, free.Logits)
	}
	for _, bad := range []protocol.Override{{Block: 2, Fill: 1}, {Block: -1, Fill: 1}, {Block: 0, Channels: []int{64}, Values: []float32{1}}, {Block: 0, Channels: []int{1}}} {
		if _, _, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: "simple-se", Gates: []protocol.Override{bad}}); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// What is usual, whose gates are nearest, and whether the network knows the picture, come from its
// file; without them nothing is said.
func TestSignatures(t *testing.T) {
	b, err := os.ReadFile("../../weights/models/simple-se.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read("simple-se", b)
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors = slices.DeleteFunc(f.Tensors, func(t weights.Tensor) bool { return strings.HasPrefix(t.Name, "signature.") }) // the test's own follow
	ask := func(file []byte) *protocol.Result {
		n := &network{}
		if _, err := n.load("simple-se", "", file); err != nil {
			t.Fatal(err)
		}
		pix, _ := n.keep(1, side)
		picture(pix)
		r, _, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: "simple-se", Want: protocol.Want{Kind: "evidence", Class: 6, Rank: "mean"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Unpack(r.Pack(nil)); err != nil {
			t.Fatal(err)
		}
		return r
	}
	plain := ask(f.Write())
	if plain.Rejection != nil || plain.Gates[1].Signed || plain.Gates[1].Mean != nil {
		t.Errorf("a file that says nothing of it: %+v, %+v", plain.Rejection, plain.Gates[1])
	}
	layer := plain.Gates[1].Layer
	mean, std := make([]float32, 10*128), make([]float32, 10*128)
	for i := range mean {
		mean[i], std[i] = float32(i/128)/10, .5
		if i/128 == 7 {
			mean[i] = plain.Gates[1].Scale[i%128]
		}
	}
	f.Tensors = append(f.Tensors, weights.NewF32("signature."+layer+".mean", mean, 10, 128), weights.NewF32("signature."+layer+".std", std, 10, 128))
	f.Metadata["sescope"] = strings.Replace(f.Metadata["sescope"], "{", `{"reject":{"score":"maxlogit","threshold":1e6},`, 1)
	r := ask(f.Write())
	g := r.Gates[1]
	if !g.Signed || r.Gates[0].Signed || g.Closest != 7 || g.Distance != 0 || g.Mean[5] != .6 || g.Std[5] != .5 {
		t.Errorf("closest %d at %v, usual gate of class 6 %v", g.Closest, g.Distance, g.Mean[:3])
	}
	if r.Rejection == nil || r.Rejection.Sure || r.Rejection.Threshold != 1e6 || r.Rejection.Score != slices.Max(r.Logits) {
		t.Errorf("known %+v", r.Rejection)
	}
}

// The waterfall's steps add up to the logit, or to the lead, of the very frame, with any gates;
// networks with another head have none.
func TestWhy(t *testing.T) {
	for name, exact := range map[string]bool{"simple": true, "simple-se": true, "cnn3-se": false} {
		b, err := os.ReadFile("../../weights/models/" + name + ".safetensors")
		if err != nil {
			t.Fatal(err)
		}
		n := &network{}
		info, err := n.load(name, "", b)
		if err != nil {
			t.Fatal(err)
		}
		pix, _ := n.keep(1, side)
		picture(pix)
		for _, against := range []int{protocol.RunnerUp, protocol.Alone, 0, 3, 9, 99} {
			for _, class := range []int{-1, 3} {
				want := protocol.Want{Kind: info.Kinds[0], Class: class, Rank: "mean", Against: against}
				var gates []protocol.Override
				if len(info.Blocks) > 0 {
					gates = []protocol.Override{{Block: len(info.Blocks) - 1, Fill: .3}}
				}
				r, _, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: name, Want: want, Gates: gates})
				if err != nil {
					t.Fatal(err)
				}
				if !exact {
					if r.Why != nil {
						t.Errorf("%s: %+v", name, r.Why)
					}
					continue
				}
				w := r.Why
				total := r.Logits[r.Class]
				switch against {
				case protocol.Alone:
					if w.Against != protocol.Alone {
						t.Errorf("%s: compared with %d", name, w.Against)
					}
				default:
					if w.Against < 0 || w.Against == w.Class || against < 10 && against >= 0 && against != w.Class && w.Against != against {
						t.Fatalf("%s: class %d asked against %d is compared with %d", name, w.Class, against, w.Against)
					}
					total -= r.Logits[w.Against]
				}
				sum, size := w.Bias+w.Rest, max(w.Rest, -w.Rest)
				for i, term := range w.Terms {
					sum += term.Value
					size += max(term.Value, -term.Value)
					if i > 0 && max(term.Value, -term.Value) > max(w.Terms[i-1].Value, -w.Terms[i-1].Value) {
						t.Errorf("%s: the terms are in no order: %+v", name, w.Terms)
					}
				}
				if d := sum - total; w.Class != r.Class || max(d, -d) > 1e-4*(1+size) || w.Total != total {
					t.Errorf("%s: the steps add up to %v, the logits say %v (%v)", name, sum, total, w.Total)
				}
			}
		}
	}
}

func run(t *testing.T, file []byte, n *network) []float32 {
	t.Helper()
	return append([]float32(nil), direct(t, file).Run(n.picture).Logits...)
}

// direct is a session of a file, without the worker.
func direct(t *testing.T, file []byte) *nn.Session {
	t.Helper()
	f, err := weights.Read("direct", file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A wish that a network cannot fulfil becomes what it shows best.
func TestFit(t *testing.T) {
	n := &network{}
	b, err := os.ReadFile("../../weights/models/simple.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.load("simple", "", b); err != nil {
		t.Fatal(err)
	}
	pix, _ := n.keep(1, side)
	picture(pix)
	r, _, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: "simple", Want: protocol.Want{Kind: "gate", Class: 99, Rank: "gate", Top: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Want.Kind != "evidence" || r.Want.Rank != "mean" || r.Class != r.Top() {
		t.Errorf("explained %+v, class %d", r.Want, r.Class)
	}
	if len(r.Gates) != 0 {
		t.Errorf("%d gates in a network without SE", len(r.Gates))
	}
}

// A kind of map that is none is refused by name, and the network goes on.
func TestUnknownKind(t *testing.T) {
	n, _, info := loaded(t, "simple-se")
	ask := func(kind nn.Kind) (*protocol.Result, error) {
		r, _, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: "simple-se", Want: protocol.Want{Kind: kind, Class: -1}})
		return r, err
	}
	if _, err := ask("saliency"); err == nil || !strings.Contains(err.Error(), `"saliency", expected evidence, gradcam`) {
		t.Errorf("error %v", err)
	}
	for _, kind := range append(info.Kinds, "") {
		if r, err := ask(kind); err != nil || kind != "" && r.Want.Kind != kind {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// A network that was read ahead answers as one that was not; another file of its name is read anew,
// and one that cannot be read is told of when it is asked for.
func TestPreparedNetwork(t *testing.T) {
	b, err := os.ReadFile("../../weights/models/simple-se.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile("../../weights/models/simple.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	answer := func(n *network, file []byte) ([]float32, *protocol.Model) {
		t.Helper()
		info, err := n.load("simple-se", "", file)
		if err != nil {
			t.Fatal(err)
		}
		pix, err := n.keep(1, side)
		if err != nil {
			t.Fatal(err)
		}
		picture(pix)
		r, _, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: "simple-se", Want: protocol.Want{Kind: info.Kinds[0], Class: -1, Rank: "mean", Top: 3}})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(r.Logits), info
	}
	logits, info := answer(&network{}, b)
	n := &network{}
	n.prepare("simple-se", b)
	n.rehearse()
	ahead := n.ready.session
	if got, gotInfo := answer(n, slices.Clone(b)); !slices.Equal(got, logits) || !reflect.DeepEqual(gotInfo, info) || n.session != ahead || n.ready != nil {
		t.Errorf("read ahead: logits %v, expected %v, by the session of then: %t", got, logits, n.session == ahead)
	}
	n.prepare("simple-se", b)
	if want, _ := answer(&network{}, other); true {
		if got, _ := answer(n, other); !slices.Equal(got, want) || n.ready != nil {
			t.Errorf("another file of that name: logits %v, expected %v", got, want)
		}
	}
	n.prepare("simple-se", b[:200])
	n.rehearse()
	if n.ready != nil {
		t.Error("half a file is ready")
	}
}
