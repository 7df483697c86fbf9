package nn

import (
	"cmp"
	"fmt"
	"strings"

	"sescope/kernels"
)

// attention is a kind of channel attention: squeeze every channel of a map to a number or two,
// excite gates of them, scale the channels. A kind is a line of this table, an exciter in a file of
// its own, and a block in weights/train/attention.py.
type attention struct {
	op       string                                // in a spec
	title    string                                // what people call it
	sketch   func(l LayerInfo) string              // its sizes in a few signs: "64 → 4 → 64"
	describe func(info *LayerInfo, in Shape) error // checks the spec's line and counts the excitation
	load     func(p *planner, l LayerInfo) (exciter, error)
}

// SE is the op of Squeeze-and-Excitation: the kind that web/bench writes for other engines.
const SE = "se"

// attentions are the kinds of channel attention.
var attentions = []attention{
	{SE, "SE", twoLayerSketch, describeTwoLayers, loadSE},
	{"eca", "ECA", sketchECA, describeECA, loadECA},
	{"cbam", "CBAM", twoLayerSketch, describeTwoLayers, loadCBAM},
}

// attentionOf is the kind of an op, nil for another op.
func attentionOf(op string) *attention {
	for i := range attentions {
		if attentions[i].op == op {
			return &attentions[i]
		}
	}
	return nil
}

// exciter computes the gates of one kind of block. It is immutable after Load.
type exciter interface {
	prepare(e *Excitation)                         // makes the buffers of an account
	excite(e *Excitation, src *Tensor, s *Session) // fills them up to Logits
	sum(e *Excitation, channel int) (g GateSum)    // takes a value of Logits apart
}

// Excitation is the account of one attention block in a run: how it came to its gates, and which
// were applied. C is the number of channels.
type Excitation struct {
	Layer    string    `json:"layer"`    // the block's name, for example "layer1.3" or "se2"
	Kind     string    `json:"kind"`     // its op in the spec: "se", "eca" or "cbam"
	Map      Shape     `json:"map"`      // the feature map that the gates scale
	Squeezes []Squeeze `json:"squeezes"` // of the map's channels: one, or two for cbam

	// Activation is the hidden layer's and Function the one that makes the gates, as ops of a spec;
	// a kind without hidden layer has no Activation.
	Activation string `json:"activation,omitempty"`
	Function   string `json:"function"`

	Logits []float32 `json:"-"` // C values in front of the gate function
	Own    []float32 `json:"-"` // C gates as the network says them, 0..1: Function(Logits)
	Scale  []float32 `json:"-"` // C gates as they were applied: Own, or what SetGates put there

	logits, scratch *Tensor // Logits with the lanes that kernels want; a second of the kind, for cbam
}

// Squeeze is one statistic of every channel, and what the hidden layer makes of it.
type Squeeze struct {
	Pool   string    `json:"pool"`  // "mean" or "max", over the pixels of the channel
	Width  int       `json:"width"` // hidden units, 0 for a kind without hidden layer
	Values []float32 `json:"-"`     // C
	Before []float32 `json:"-"`     // Width values in front of the activation
	Hidden []float32 `json:"-"`     // and behind it

	values, before, hidden *Tensor // the same slices, with the lanes that kernels want
}

// GateSum takes what stands in front of a channel's gate function apart: Logits[Channel] = Bias +
// sum over i of Weights[i] x Inputs[i]. Inputs are the hidden units (of cbam, their sum over both
// squeezes), or for eca the squeezes of the channels around it.
type GateSum struct {
	Channel int       `json:"channel"`
	N       int       `json:"n"`    // of Weights and Inputs
	From    int       `json:"from"` // of eca: the channel of Inputs[0]
	Bias    float32   `json:"bias"`
	Weights []float32 `json:"-"` // N: of the last layer, for this channel
	Inputs  []float32 `json:"-"` // N

	// Of a kind with a hidden layer: Squeeze.Before[j] = FirstBias[j] + sum over all channels of
	// First[j] x Squeeze.Values[channel].
	Width     int       `json:"width"`
	First     []float32 `json:"-"` // Width: from this channel to each hidden unit
	FirstBias []float32 `json:"-"` // Width
}

// Activate is the function of an activation's op, or x where op is none: the gate functions and the
// hidden layers' in an account are such ops.
func Activate(op string, x float32) float32 { return activations[op].Of(x) }

// gate is the gate function of an attention layer.
func (l LayerSpec) gate() string { return cmp.Or(l.Gate, "sigmoid") }

// isAttention tells whether an op is a channel attention.
func isAttention(op string) bool { return attentionOf(op) != nil }

// AttentionTitle is what people call a kind of channel attention, "" for another op.
func AttentionTitle(op string) string {
	if a := attentionOf(op); a != nil {
		return a.title
	}
	return ""
}

// Sketch gives the sizes of an attention layer in a few signs, "" for another layer.
func (l LayerInfo) Sketch() string {
	if a := attentionOf(l.Op); a != nil {
		return a.sketch(l)
	}
	return ""
}

// AttentionKinds lists the kinds by their ops in a spec.
func AttentionKinds() (ops []string) {
	for _, a := range attentions {
		ops = append(ops, a.op)
	}
	return ops
}

// attentionLayer is a block of channel attention.
type attentionLayer struct {
	base
	exciter
	kind     string
	function string // of the gates
	index    int    // of the block, as in Trace.Gates
}

func (p *planner) attention(l LayerInfo) (Layer, error) {
	e, err := attentionOf(l.Op).load(p, l)
	if err != nil {
		return nil, err
	}
	layer := &attentionLayer{base: base{l.Name, l.Shape}, exciter: e, kind: l.Op,
		function: l.gate(), index: len(p.model.blocks)}
	p.model.blocks = append(p.model.blocks, layer)
	return layer, nil
}

// block is what a session keeps of an attention block.
type block struct {
	Excitation
	layer  int       // index of the block among the layers
	force  []float32 // what SetGates wants, NaN for a channel's own
	forced bool
}

// open makes the buffers of a session's block; layer is the block's index among the layers.
func (l *attentionLayer) open(layer int) block {
	c := l.out.C
	e := Excitation{Layer: l.name, Kind: l.kind, Map: l.out, Function: l.function,
		logits: vector(c), Own: make([]float32, c), Scale: make([]float32, c)}
	e.Logits = e.logits.row()
	l.prepare(&e)
	return block{Excitation: e, layer: layer, force: make([]float32, c)}
}

func (l *attentionLayer) Forward(dst, src *Tensor, s *Session) {
	b := &s.blocks[l.index]
	l.excite(&b.Excitation, src, s)
	apply(activations[l.function], b.Own, b.Logits)
	copy(b.Scale, b.Own)
	if b.forced {
		for c, g := range b.force {
			if g == g { // not NaN
				b.Scale[c] = g
			}
		}
	}
	kernels.Scale(dst.pixels(), dst.layout(), src.pixels(), src.layout(), b.Scale)
}

// apply is: dst[i] = f(src[i]).
func apply(f kernels.Activation, dst, src []float32) {
	n := len(src)
	row := kernels.Map{H: 1, W: 1, C: n, RowStride: n, Stride: n}
	f.Map(dst, row, src, row)
}

// vector is a row of n values.
func vector(n int) *Tensor { return NewTensor(Shape{1, 1, n}, 0) }

// row is a vector's values, without the lanes behind them.
func (t *Tensor) row() []float32 { return t.Data[:t.C] }

// Gated copies a channel of the map that a block scales, as it is in front of its gate. dst is
// reused if it has the right size; nil makes a new one. block and channel must exist.
func (t *Trace) Gated(block, channel int, dst *Heatmap) *Heatmap {
	src := t.session.at(t.Model.source[t.session.blocks[block].layer])
	dst = reuse(dst, src)
	src.Channel(channel, dst.Data)
	return dst
}

// Scaled copies a channel of the block's output: the same behind its gate.
func (t *Trace) Scaled(block, channel int, dst *Heatmap) *Heatmap {
	out := t.session.out[t.session.blocks[block].layer]
	dst = reuse(dst, out)
	out.Channel(channel, dst.Data)
	return dst
}

// GateSum takes the logit of a gate apart. block and channel must exist.
func (t *Trace) GateSum(block, channel int) GateSum {
	return t.Model.blocks[block].sum(&t.Gates[block], channel)
}

// newSqueeze makes the buffers of one squeeze of c channels.
func newSqueeze(pool string, c, width int) Squeeze {
	q := Squeeze{Pool: pool, Width: width, values: vector(c)}
	q.Values = q.values.row()
	if width > 0 {
		q.before, q.hidden = vector(width), vector(width)
		q.Before, q.Hidden = q.before.row(), q.hidden.row()
	}
	return q
}

// unsupported is the error about an act or gate that a block does not have.
func unsupported(what, name string, known ...string) error {
	return fmt.Errorf("%s %q, expected %s", what, name, strings.Join(known, ", "))
}
