package nn

import (
	"fmt"
	"slices"

	"sescope/kernels"
)

// channelConvolution is efficient channel attention (Wang et al. 2020, arXiv:1910.03151): Logits[c]
// = sum over i of weight[i] x mean[c - k/2 + i], where channels that do not exist count as 0.
type channelConvolution struct{ weight []float32 }

func sketchECA(l LayerInfo) string { return fmt.Sprintf("k = %d", l.Kernel) }

func describeECA(info *LayerInfo, in Shape) error {
	l := info.LayerSpec
	if !slices.Contains(gateFunctions, l.gate()) {
		return unsupported("gate", l.Gate, gateFunctions...)
	}
	if l.Kernel < 1 || l.Kernel%2 == 0 || l.Kernel > 2*in.C || l.Conv == "" {
		return fmt.Errorf("conv %q, kernel %d, expected the name of a Conv1d and an odd kernel of 1 to %d", l.Conv, l.Kernel, 2*in.C)
	}
	info.Params, info.MACs = l.Kernel, l.Kernel*in.C
	return nil
}

func loadECA(p *planner, l LayerInfo) (exciter, error) {
	w, err := p.tensor(l.Conv+".weight", 1, 1, l.Kernel)
	return &channelConvolution{w}, err
}

func (x *channelConvolution) prepare(e *Excitation) {
	e.Squeezes = []Squeeze{newSqueeze("mean", e.Map.C, 0)}
}

func (x *channelConvolution) excite(e *Excitation, src *Tensor, _ *Session) {
	mean := e.Squeezes[0].Values
	kernels.Mean(mean, src.pixels(), src.layout())
	for c := range e.Logits {
		from, to := x.window(c, len(mean))
		e.Logits[c] = dot(mean[from:to], x.weight[from+len(x.weight)/2-c:])
	}
}

// window is the channels [from, to) around channel c that exist.
func (x *channelConvolution) window(c, channels int) (from, to int) {
	half := len(x.weight) / 2
	return max(c-half, 0), min(c+half+1, channels)
}

func (x *channelConvolution) sum(e *Excitation, channel int) GateSum {
	from, to := x.window(channel, e.Map.C)
	return GateSum{Channel: channel, N: to - from, From: from,
		Weights: x.weight[from+len(x.weight)/2-channel:][:to-from], Inputs: e.Squeezes[0].Values[from:to]}
}
