package nn

import (
	"fmt"
	"slices"
)

// none stands for a layer that a network does not have.
const none = -2

// landmarks are the places of a network where the explanations look, as indices of spec layers. It
// is found before anything is planned, because the convolution whose channels are shown keeps its
// own output.
type landmarks struct {
	head      int   // the first layer of the head: the chain of pooling, flattening and linear layers that ends in the logits
	features  int   // the layer whose output the head reads
	conv      int   // the last convolution in front of the features
	attention int   // the last channel attention between that convolution and the features, or none
	behind    []int // the layers between the SE block and the features that change a gradient (batch norm, activations), nearest to the features first

	// An exact account of a logit needs the channel means of the features as skip + gate x mean of
	// gated.
	gated    int  // what the SE block scales, if the head reads its output or the sum of its output and skip; otherwise a summand or the features
	skip     int  // the other summand, or none
	place    int  // the spatial attention between the block and that sum, or none
	explicit bool // the gates of se stand in that sum
}

// pointwise tells whether every value of a layer's output comes from the same place of its input:
// what stands between the last convolution and the head.
func pointwise(op string) bool {
	switch op {
	case "batchnorm", "add", "dropout", "spatial":
		return true
	}
	return isAttention(op) || activations[op] != 0 || kinds[op].pointwise
}

// findLandmarks looks for them backwards from the logits.
func findLandmarks(infos []LayerInfo) (landmarks, error) {
	a := landmarks{conv: none, attention: none, skip: none, place: none}
	vector := func(i int) bool { return i != picture && infos[i].Shape.H == 1 && infos[i].Shape.W == 1 }

	// The head: backwards as long as one layer reads the other, then without what stands in front
	// of its first pooling or linear layer.
	reduces := func(i int) bool {
		switch infos[i].Op {
		case "maxpool", "avgpool", "mean", "max", "flatten", "linear":
			return true
		case "conv": // a linear layer in another notation
			return vector(infos[i].from) && infos[i].Kernel == 1 && infos[i].Algorithm() == "direct"
		}
		return false
	}
	inHead := func(i int) bool {
		switch infos[i].Op {
		case "batchnorm", "dropout":
			return true
		}
		return activations[infos[i].Op] != 0 || kinds[infos[i].Op].function || reduces(i)
	}
	a.head = len(infos)
	for a.head > 0 && inHead(a.head-1) && (a.head == len(infos) || infos[a.head].from == a.head-1) {
		a.head--
	}
	for a.head < len(infos) && !reduces(a.head) {
		a.head++
	}
	if a.head == len(infos) {
		return a, fmt.Errorf("the last layer is %s %q, expected a chain of pooling, flatten and linear layers in front of the logits", infos[len(infos)-1].Op, infos[len(infos)-1].Name)
	}
	a.features = infos[a.head].from

	a.attention = latest(infos, a.features, isAttention)
	from := a.features
	if a.attention != none {
		from = infos[a.attention].from
		for _, i := range route(infos, a.features, a.attention) {
			if op := infos[i].Op; op != "add" && op != "dropout" && !isAttention(op) {
				a.behind = append(a.behind, i)
			}
		}
	}
	// Where a concat joins the maps of several convolutions, it stands for the last one of them.
	a.conv = latest(infos, from, func(op string) bool { return op == "conv" || op == "concat" })
	if a.conv == none && from != picture && !vector(from) {
		a.conv = from
	}
	if a.conv == none {
		return a, fmt.Errorf("no convolution in front of the head, which begins with %s %q", infos[a.head].Op, infos[a.head].Name)
	}

	bare := func(i int) int { // without dropout
		for i != picture && infos[i].Op == "dropout" {
			i = infos[i].from
		}
		return i
	}
	scaled := func(i int) int { // by the attention, where nothing but its spatial part stands between
		if i != picture && infos[i].Op == "spatial" && bare(infos[i].from) == a.attention {
			a.place = i
			return a.attention
		}
		return i
	}
	a.gated = scaled(bare(a.features))
	if infos[a.gated].Op == "add" {
		sum := infos[a.gated]
		a.gated, a.skip = scaled(bare(sum.from)), scaled(bare(sum.with))
		if a.skip == a.attention {
			a.gated, a.skip = a.skip, a.gated
		}
	}
	if a.explicit = a.gated == a.attention; a.explicit {
		a.gated = infos[a.attention].from
	}
	return a, nil
}

// latest is the latest layer of such an op that reaches layer to through pointwise layers only, or
// none.
func latest(infos []LayerInfo, to int, is func(op string) bool) int {
	best, seen := none, make([]bool, len(infos))
	var walk func(i int)
	walk = func(i int) {
		if i == picture || seen[i] {
			return
		}
		seen[i] = true
		l := infos[i]
		if is(l.Op) {
			best = max(best, i)
		}
		if pointwise(l.Op) {
			walk(l.from)
			if l.Op == "add" { // and not through the gates of a mul
				walk(l.with)
			}
		}
	}
	walk(to)
	return best
}

// route lists the pointwise layers from layer to back to layer from, both included; nil if there is
// no such way.
func route(infos []LayerInfo, to, from int) []int {
	seen := make([]bool, len(infos))
	var walk func(i int) []int
	walk = func(i int) []int {
		switch {
		case i == from:
			return []int{i}
		case i < from || seen[i] || !pointwise(infos[i].Op):
			return nil
		}
		seen[i] = true
		way := walk(infos[i].from)
		if way == nil && infos[i].Op == "add" {
			way = walk(infos[i].with)
		}
		if way == nil {
			return nil
		}
		return append([]int{i}, way...)
	}
	return walk(to)
}

// fusible is the run that begins with layer i and goes on with ops that the given functions accept,
// each optional, as long as nothing else reads what lies between.
func fusible(infos []LayerInfo, i int, ops ...func(op string) bool) []LayerInfo {
	end := i + 1
	for _, is := range ops {
		if end < len(infos) && is(infos[end].Op) && infos[end].from == end-1 && readers(infos, end-1) == 1 {
			end++
		}
	}
	return infos[i:end]
}

func isBatchNorm(op string) bool  { return op == "batchnorm" }
func isReLU(op string) bool       { return op == "relu" }
func isActivation(op string) bool { return activations[op] != 0 }

// readers counts the layers that read the output of layer i.
func readers(infos []LayerInfo, i int) (n int) {
	for _, l := range infos[i+1:] {
		if l.Op == "concat" {
			if slices.Contains(l.parts, i) {
				n++
			}
		} else if l.from == i || l.with == i {
			n++
		}
	}
	return n
}
