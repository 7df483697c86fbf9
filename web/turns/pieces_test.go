package turns

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Answers in any order are counted in the list's.
func TestOrderOfPieces(t *testing.T) {
	k := NewPieces[string, int]([]string{"a", "b", "c", "d"})
	var counted []int
	count := func(_ string, n int) { counted = append(counted, n) }
	for range 4 {
		k.Take()
	}
	if k.Take() != None {
		t.Error("there are more pieces than four")
	}
	k.Answer(2, 2, count)
	k.Answer(1, 1, count)
	if counted != nil || k.Done() {
		t.Errorf("counted %v before the first", counted)
	}
	k.Answer(0, 0, count)
	if !slices.Equal(counted, []int{0, 1, 2}) || k.Done() {
		t.Errorf("counted %v", counted)
	}
	k.Answer(3, 3, count)
	if !slices.Equal(counted, []int{0, 1, 2, 3}) || !k.Done() {
		t.Errorf("counted %v", counted)
	}
}

// A worker that ends in mid-piece: another one gets it before any new one; the sum is the same.
func TestDeathInMidPiece(t *testing.T) {
	k := NewPieces[string, int]([]string{"a", "b", "c"})
	first, second := k.Take(), k.Take()
	if !k.Lost(first) {
		t.Fatal("given up at once")
	}
	if again := k.Take(); again != first {
		t.Errorf("piece %d follows, expected the lost one", again)
	}
	total := 0
	count := func(_ string, n int) { total += n }
	k.Answer(second, 10, count)
	k.Answer(first, 1, count)
	k.Answer(k.Take(), 100, count)
	if total != 111 || !k.Done() {
		t.Errorf("counted %d, expected 111", total)
	}
}

// A piece with which every worker ends, and workers that end before they have one, are given up.
func TestPieceThatEndsWorkers(t *testing.T) {
	for _, piece := range []int{0, None} {
		k := NewPieces[string, int]([]string{"a", "b"})
		k.Take()
		for i := range pieceTries {
			if !k.Lost(piece) {
				t.Fatalf("piece %d: given up after %d", piece, i+1)
			}
			if piece != None && k.Take() != piece {
				t.Fatal("the lost piece is not handed out again")
			}
		}
		if k.Lost(piece) {
			t.Errorf("piece %d is never given up", piece)
		}
		if k.Take() != 1 {
			t.Error("no piece but the second is left")
		}
	}
}

// Workers of any speed that end at any time: each piece is counted once, in order.
func TestPiecesInAnyOrder(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 3))
		list := make([]string, 1+r.IntN(20))
		k := NewPieces[string, int](list)
		has := make([]int, 3) // of each worker
		for i := range has {
			has[i] = k.Take()
		}
		var counted []int
		for !k.Done() {
			w := r.IntN(len(has))
			switch {
			case has[w] == None:
			case r.IntN(10) == 0 && (k.tries[has[w]] == nil || k.tries[has[w]].Failed() < pieceTries):
				k.Lost(has[w])
			default:
				k.Answer(has[w], has[w], func(_ string, n int) { counted = append(counted, n) })
			}
			has[w] = k.Take()
		}
		for i, n := range counted {
			if i != n {
				t.Fatalf("seed %d: counted %v", seed, counted)
			}
		}
		if len(counted) != len(list) {
			t.Fatalf("seed %d: %d of %d pieces counted", seed, len(counted), len(list))
		}
	}
}

// An ended run's answers are stale: a cancel, a second run and a second set that is opened
// meanwhile.
func TestCancelledRun(t *testing.T) {
	var runs Generation
	run := runs.Begin()
	k := NewPieces[string, int]([]string{"a", "b"})
	piece := k.Take()
	answer := func() bool {
		if !run.Current() {
			return false
		}
		k.Answer(piece, 1, func(string, int) {})
		return true
	}
	runs.Begin() // the person cancels while the answer is on its way
	if answer() || k.counted != 0 {
		t.Error("a cancelled run's answer was counted")
	}
	if again := runs.Ticket(); !again.Current() {
		t.Error("the new run is stale")
	}
}
