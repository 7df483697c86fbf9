package worker

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sescope/web/protocol"
)

// The strip of every built-in network begins with the picture and ends with the answer, has every
// block on it in order, and its times are those of the layers.
func TestStrip(t *testing.T) {
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
			r, trace, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: name, Want: protocol.Want{Kind: info.Kinds[0], Class: -1, Rank: "mean", Top: 3, Strip: true, Fresh: true}})
			if err != nil {
				t.Fatal(err)
			}
			list := info.Stations
			if list[0].Kind != protocol.StationPicture || list[len(list)-1].Kind != protocol.StationAnswer || list[len(list)-2].Kind != protocol.StationMean {
				t.Errorf("the stations are %+v", list)
			}
			blocks, tiles, sum := 0, 0, float32(0)
			for i, st := range list {
				if st.Kind == protocol.StationBlock {
					if st.Block != blocks || st.Layer != info.Blocks[blocks].Layer {
						t.Errorf("station %d is %+v, expected block %d", i, st, blocks)
					}
					blocks++
				}
				tiles += st.Tiles
				sum += r.Strip.Ms[i]
			}
			if blocks != len(info.Blocks) {
				t.Errorf("%d blocks, expected %d", blocks, len(info.Blocks))
			}
			want := float32(0)
			for _, d := range trace.Times {
				want += float32(d.Nanoseconds()) / 1e6
			}
			want += float32(trace.Preprocess.Nanoseconds()) / 1e6
			if want == 0 || math.Abs(float64(sum-want)) > 1e-3*float64(want) {
				t.Errorf("the stations take %v ms, the layers %v", sum, want)
			}
			w, h := r.Strip.Atlas.Size()
			if r.Strip.Atlas.N != tiles || len(r.Strip.Atlas.Pix) != 4*w*h {
				t.Errorf("%d pictures in %d bytes, expected %d in %d", r.Strip.Atlas.N, len(r.Strip.Atlas.Pix), tiles, 4*w*h)
			}
			colours := map[[4]byte]bool{}
			for p := range slices.Chunk(r.Strip.Atlas.Pix, 4) {
				colours[[4]byte(p)] = true
			}
			if len(colours) < 50 {
				t.Errorf("the pictures have %d colours", len(colours))
			}
			if r.Why != nil && len(r.Why.Maps) != len(r.Why.Terms)*r.Why.W*r.Why.H {
				t.Errorf("the maps of %d terms have %d values, expected %d x %d each", len(r.Why.Terms), len(r.Why.Maps), r.Why.W, r.Why.H)
			}
		})
	}
}

// A small picture shows what it is of: values in their places, the largest brightest.
func TestTile(t *testing.T) {
	s := strip{pix: make([]byte, 4*tileSide*tileSide)}
	s.out.Atlas = protocol.Atlas{W: tileSide, H: tileSide, N: 1, Cols: 1}
	for _, side := range []int{1, 3, 8, 32, 100} {
		s.tile(0, side, side, func(y, x int) float32 {
			if y == side-1 && x == 0 {
				return 2
			}
			return 0
		})
		corner := [4]byte(s.pix[4*tileSide*(tileSide-1):])
		other := [4]byte(s.pix[4*(tileSide-1):])
		if corner != viridis[255] || side > 1 && other != viridis[0] {
			t.Errorf("%d x %d values: corners %v and %v", side, side, corner, other)
		}
	}
}
