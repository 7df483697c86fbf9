package teach

import (
	"fmt"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/weights"
)

// Network is m with the head that was learned: its classes, its temperature, when it knows a
// picture, and the usual gates of every class. v says how good it was found to be, and may be nil.
func Network(m *nn.Model, name string, classes []nn.Class, examples []Example, h *Head, v *Validation) (*nn.Model, error) {
	k := newKnown(examples, len(classes), h, m.Spec.Reject)
	tensors := k.tensors(h, m.File())
	return m.WithHead(nn.Head{
		Name: name, Title: title(m, classes), Note: note(m, len(examples), v), Classes: classes,
		Weight: h.Weight, Bias: h.Bias, Temperature: h.Temperature, Reject: &k.reject, Tensors: append(tensors, signatures(m, examples, len(classes))...),
	})
}

func title(m *nn.Model, classes []nn.Class) map[string]string {
	const shown = 3
	var en, zh []string
	for _, c := range classes[:min(shown, len(classes))] {
		en, zh = append(en, c.En), append(zh, c.Zh)
	}
	more, moreZh := "", ""
	if n := len(classes) - shown; n > 0 {
		more, moreZh = fmt.Sprintf(" and %d more", n), fmt.Sprintf("等 %d 类", len(classes))
	}
	return map[string]string{"en": strings.Join(en, ", ") + more + " (taught)", "zh": strings.Join(zh, "、") + moreZh + "（自教）"}
}

func note(m *nn.Model, n int, v *Validation) map[string]string {
	en := fmt.Sprintf("The last layer was taught with %d pictures; the others are those of %s.", n, m.Spec.Name)
	zh := fmt.Sprintf("最后一层由 %d 张图片教会，其余各层来自 %s。", n, m.Spec.Name)
	if v != nil && v.Folds > 0 {
		en += fmt.Sprintf(" Held back in turn, %d of %d pictures were named rightly.", v.Correct, v.N)
		zh += fmt.Sprintf("轮流留出检验，%d 张中答对 %d 张。", v.N, v.Correct)
	}
	return map[string]string{"en": en, "zh": zh}
}

// signatures are the mean and standard deviation of every SE block's gates over the examples of a
// class, (classes, channels).
func signatures(m *nn.Model, examples []Example, classes int) (out []weights.Tensor) {
	for block, layer := range m.Blocks() {
		channels := len(examples[0].Gates[block])
		mean, std := make([]float32, classes*channels), make([]float32, classes*channels)
		n := Count(examples, classes)
		for _, e := range examples {
			for c, g := range e.Gates[block] {
				mean[e.Label*channels+c] += g / float32(n[e.Label])
			}
		}
		for _, e := range examples {
			for c, g := range e.Gates[block] {
				d := g - mean[e.Label*channels+c]
				std[e.Label*channels+c] += d * d / float32(n[e.Label])
			}
		}
		for i, v := range std {
			std[i] = sqrt(v)
		}
		out = append(out, weights.NewI8("signature."+layer+".mean", mean, classes, channels)...)
		out = append(out, weights.NewI8("signature."+layer+".std", std, classes, channels)...)
	}
	return out
}

// Telling is an input of the head that tells a class from the others.
type Telling struct {
	Channel int     `json:"channel"`
	Class   int     `json:"class"`
	Mean    float32 `json:"mean"`   // over the examples of the class
	Others  float32 `json:"others"` // over the others', all classes counting alike
	Effect  float32 `json:"effect"` // the difference in standard deviations within a class (Cohen's d)
	Best    int     `json:"best"`   // the example of the class on which it is highest
}

// Channels are the inputs of the head that tell the classes apart best, at most n, best first:
// those that are high for one class and low for the others. Every class gets its best before any
// gets a second.
func Channels(examples []Example, classes, n int) (out []Telling) {
	d := len(examples[0].Inputs[0])
	of := Count(examples, classes)
	mean, variance := make([]float64, classes*d), make([]float64, d)
	for _, e := range examples {
		for c, v := range e.Inputs[0] {
			mean[e.Label*d+c] += float64(v) / float64(of[e.Label])
		}
	}
	for _, e := range examples {
		for c, v := range e.Inputs[0] {
			off := float64(v) - mean[e.Label*d+c]
			variance[c] += off * off / float64(of[e.Label]*classes)
		}
	}
	best := make([][]Telling, classes)
	for c := range d {
		sum := 0.0
		for k := range classes {
			sum += mean[k*d+c]
		}
		within := max(float64(sqrt(float32(variance[c]))), 1e-6)
		for k := range classes {
			others := (sum - mean[k*d+c]) / float64(classes-1)
			best[k] = append(best[k], Telling{c, k, float32(mean[k*d+c]), float32(others), float32((mean[k*d+c] - others) / within), 0})
		}
	}
	descending := func(a, b Telling) int {
		switch {
		case a.Effect > b.Effect:
			return -1
		case a.Effect < b.Effect:
			return 1
		}
		return a.Channel - b.Channel
	}
	used := map[int]bool{}
	for k := range best {
		slices.SortStableFunc(best[k], descending)
	}
	for len(out) < min(n, d) {
		var round []Telling
		for k := range best {
			for len(best[k]) > 0 && used[best[k][0].Channel] {
				best[k] = best[k][1:]
			}
			if len(best[k]) > 0 {
				round = append(round, best[k][0])
				used[best[k][0].Channel] = true
			}
		}
		if len(round) == 0 {
			break
		}
		slices.SortStableFunc(round, descending)
		out = append(out, round...)
	}
	out = out[:min(n, len(out))]
	for i := range out {
		t := &out[i]
		t.Best = -1
		for j, e := range examples {
			if e.Label == t.Class && (t.Best < 0 || e.Inputs[0][t.Channel] > examples[t.Best].Inputs[0][t.Channel]) {
				t.Best = j
			}
		}
	}
	return out
}
