package e2e

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A safe is a safetensors file that can be damaged.
type safe struct {
	header map[string]any
	data   []byte
}

func readSafe(t *testing.T, b []byte) safe {
	t.Helper()
	n := binary.LittleEndian.Uint64(b)
	s := safe{data: append([]byte{}, b[8+n:]...)}
	if err := json.Unmarshal(b[8:8+n], &s.header); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s safe) bytes() []byte {
	text, err := json.Marshal(s.header)
	if err != nil {
		panic(err)
	}
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	return append(append(b, text...), s.data...)
}

func (s safe) tensor(name string) map[string]any { return s.header[name].(map[string]any) }

// offset is where a tensor's bytes begin.
func (s safe) offset(name string) int {
	return int(s.tensor(name)["data_offsets"].([]any)[0].(float64))
}

// spec changes the text of the spec.
func (s safe) spec(t *testing.T, old, new string) {
	t.Helper()
	metadata := s.header["__metadata__"].(map[string]any)
	text := metadata["sescope"].(string)
	if !strings.Contains(text, old) {
		t.Fatalf("the spec has no %s", old)
	}
	metadata["sescope"] = strings.Replace(text, old, new, 1)
}

// Every kind of bad file is refused on the command line and in the page by the same sentence, which
// names file, tensor or layer and what was expected; the running network stays.
func TestBadNetworks(t *testing.T) {
	good, err := os.ReadFile(filepath.Join(dist, asset(t, "models/simple-se.safetensors")))
	if err != nil {
		t.Fatal(err)
	}
	float := func(v float64) func(t *testing.T, s *safe) {
		return func(t *testing.T, s *safe) {
			binary.LittleEndian.PutUint32(s.data[s.offset("fc.bias")+4:], math.Float32bits(float32(v)))
		}
	}
	list := []struct {
		name, says string
		damage     func(t *testing.T, s *safe)
		bytes      func(b []byte) []byte
	}{
		{name: "truncated", says: "file", bytes: func(b []byte) []byte { return b[:len(b)-1000] }},
		{name: "eight-bytes", says: "safetensors", bytes: func(b []byte) []byte { return b[:8] }},
		{name: "header-longer-than-the-file", says: "header claims", bytes: func(b []byte) []byte {
			return append(binary.LittleEndian.AppendUint64(nil, uint64(len(b))), b[8:]...)
		}},
		{name: "overlap", says: "no overlap", damage: func(t *testing.T, s *safe) {
			at := s.offset("fc.weight")
			s.tensor("fc.bias")["data_offsets"] = []int{at, at + 40}
		}},
		{name: "outside", says: `"fc.bias"`, damage: func(t *testing.T, s *safe) {
			s.tensor("fc.bias")["data_offsets"] = []int{len(s.data) - 8, len(s.data) + 32}
		}},
		{name: "shape", says: `"fc.weight" has shape [128 10], expected [10 128]`, damage: func(t *testing.T, s *safe) { s.tensor("fc.weight")["shape"] = []int{128, 10} }},
		{name: "missing", says: `"fc.bias" is missing`, damage: func(t *testing.T, s *safe) {
			s.header["other.bias"] = s.header["fc.bias"]
			delete(s.header, "fc.bias")
		}},
		{name: "extra", says: `"other.bias" belongs to no layer`, damage: func(t *testing.T, s *safe) {
			s.header["other.bias"] = map[string]any{"dtype": "F32", "shape": []int{1}, "data_offsets": []int{len(s.data), len(s.data) + 4}}
			s.data = append(s.data, 0, 0, 0, 0)
		}},
		{name: "nan", says: "fc.bias", damage: float(math.NaN())},
		{name: "infinity", says: "fc.bias", damage: float(math.Inf(-1))},
		{name: "cycle", says: "expected the name of an earlier layer", damage: func(t *testing.T, s *safe) {
			s.spec(t, `{"op":"relu","name":"layer1.2"`, `{"op":"add","name":"layer1.2","with":"layer2.0"`)
		}},
		{name: "unknown-layer", says: "<i>gelu</i>", damage: func(t *testing.T, s *safe) { s.spec(t, `"op":"relu"`, `"op":"<i>gelu</i>"`) }},
		{name: "too-large", says: "large", damage: func(t *testing.T, s *safe) { s.spec(t, `"out":64`, `"out":65536`) }},
		{name: "input", says: "input", damage: func(t *testing.T, s *safe) { s.spec(t, `"H":32`, `"H":100000`) }},
		{name: "no-json", says: "no-json", bytes: func(b []byte) []byte { b[8] = '!'; return b }},
	}
	p := open(t, filmCamera)
	p.openTab("model")
	before := p.kept()
	for _, c := range list {
		b := append([]byte{}, good...)
		if c.bytes != nil {
			b = c.bytes(b)
		} else {
			s := readSafe(t, b)
			c.damage(t, &s)
			b = s.bytes()
		}
		file := write(t, c.name+".safetensors", b)
		out, err := exec.Command(command, "inspect", file).CombinedOutput()
		line := strings.TrimSpace(string(out))
		if err == nil || !strings.Contains(line, c.says) || !strings.Contains(line, file) || strings.Contains(line, "\n") {
			t.Errorf("%s: the command line says %q, expected one line with the file and %q", c.name, line, c.says)
			continue
		}
		n := p.count()
		p.setFiles("network", file)
		p.sentence("own-broken")
		want := strings.ReplaceAll(strings.TrimPrefix(line, "sescope: "), file, filepath.Base(file))
		if text := p.text("notice-text"); !strings.Contains(text, want) {
			t.Errorf("%s: the page says %q, expected in it what the command line says: %q", c.name, text, want)
		}
		if p.kept() != before || p.count() != n {
			t.Errorf("%s: the page has changed", c.name)
		}
		p.click("notice-close")
	}
}
