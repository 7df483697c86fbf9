package turns

// Pieces shares a list out to several workers and takes their answers in any order, but counts them
// in the list's, so that sums of floats are the same whichever worker was first. P is a piece, A an
// answer.
type Pieces[P, A any] struct {
	list    []P
	next    int   // the piece that nobody was given yet
	again   []int // pieces whose workers ended
	tries   map[int]*Tries
	early   map[int]A // answers that wait for those before them
	counted int
}

// None is the piece of a worker that has none.
const None = -1

// pieceTries is how often a piece is given to another worker when each one ends with it.
const pieceTries = 2

// NewPieces shares out a list.
func NewPieces[P, A any](list []P) *Pieces[P, A] {
	return &Pieces[P, A]{list: list, tries: map[int]*Tries{}, early: map[int]A{}}
}

// Len is how many pieces there are.
func (k *Pieces[P, A]) Len() int { return len(k.list) }

// At is piece i.
func (k *Pieces[P, A]) At(i int) P { return k.list[i] }

// Take is the next piece for a worker, lost ones first; None if there is none.
func (k *Pieces[P, A]) Take() (i int) {
	switch {
	case len(k.again) > 0:
		i, k.again = k.again[0], k.again[1:]
		return i
	case k.next < len(k.list):
		k.next++
		return k.next - 1
	}
	return None
}

// Lost gives back the piece of a worker that ended, or None. It returns false when workers ended
// with it too often.
func (k *Pieces[P, A]) Lost(i int) (again bool) {
	if k.tries[i] == nil {
		k.tries[i] = &Tries{Max: pieceTries}
	}
	if !k.tries[i].Again() {
		return false
	}
	if i != None {
		k.again = append(k.again, i)
	}
	return true
}

// Answer takes the answer to piece i and hands those whose turn has come to count.
func (k *Pieces[P, A]) Answer(i int, answer A, count func(P, A)) {
	k.early[i] = answer
	for {
		got, ok := k.early[k.counted]
		if !ok {
			return
		}
		delete(k.early, k.counted)
		count(k.list[k.counted], got)
		k.counted++
	}
}

// Done tells that every piece was counted.
func (k *Pieces[P, A]) Done() bool { return k.counted == len(k.list) }
