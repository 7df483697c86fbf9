package nn

import (
	"math"
	"testing"
)

// What an evaluation reports is what its definition says, computed plainly.
func TestEvaluation(t *testing.T) {
	m, err := withSpec(t, func(s *Spec) { s.Temperature, s.Reject = 9, &Reject{Score: "msp", Threshold: 0.3} })
	if err != nil {
		t.Fatal(err)
	}
	s := openSession(t, m)
	labels := []int{8, 3, 3, 0}
	all := m.NewEvaluation()
	var right, unsure, top5 int
	var gate0 []float64 // of the pictures labelled 3
	bins := map[int][2]float64{}
	for i, label := range labels {
		trace := s.Run(readPNG(t, goldenDir+"/"+string(rune('0'+i))+".png"))
		all.Count(trace.Outcome(label))
		top, larger := Largest(trace.Logits), 0
		hit := 0.0
		if top == label {
			right++
			hit = 1
		}
		for _, v := range trace.Logits {
			if v > trace.Logits[label] {
				larger++
			}
		}
		if larger < 5 {
			top5++
		}
		p := trace.Probs[top]
		if p < 0.3 {
			unsure++
		}
		b := bins[int(p*15)]
		bins[int(p*15)] = [2]float64{b[0] + float64(p), b[1] + hit}
		if label == 3 {
			gate0 = append(gate0, float64(trace.Gates[0].Scale[0]))
		}
	}
	ece := 0.0
	for _, b := range bins {
		ece += math.Abs(b[0]-b[1]) / 4
	}
	if all.N != 4 || all.Correct != right || all.Top5 != top5 || all.Unsure != unsure || all.Accuracy() != float64(right)/4 || math.Abs(all.ECE()-ece) > 1e-9 {
		t.Errorf("%+v, ECE %v; expected %d right, %d among five, %d unsure, ECE %v", all, all.ECE(), right, top5, unsure, ece)
	}
	mean, std := all.Usual(0, 3)
	if wantMean, wantStd := (gate0[0]+gate0[1])/2, math.Abs(gate0[0]-gate0[1])/2; math.Abs(mean[0]-wantMean) > 1e-9 || math.Abs(std[0]-wantStd) > 1e-6 {
		t.Errorf("gate 0 of label 3: %v ± %v, expected %v ± %v", mean[0], std[0], wantMean, wantStd)
	}
	e := &Evaluation{Confusion: [][]int{{3, 1}, {2, 0}}}
	if e.Recall(0) != 0.75 || e.Precision(0) != 0.6 || e.Recall(1) != 0 || e.Precision(1) != 0 {
		t.Errorf("recall %v %v, precision %v %v", e.Recall(0), e.Recall(1), e.Precision(0), e.Precision(1))
	}
	if mean, std := all.Usual(0, 5); mean != nil || std != nil {
		t.Errorf("gates of a class without pictures: %v ± %v", mean, std)
	}
	r := NewReport("n", m.Spec.Classes, all)
	if r.Accuracy != all.Accuracy() || r.ECE != all.ECE() || r.Classes[3].Pictures != 2 || len(r.Gates) != len(m.blocks) || len(r.Gates[0].Mean[3]) == 0 || len(r.Gates[0].Mean[5]) != 0 {
		t.Errorf("report %+v", r)
	}
	var v Versus
	for _, c := range [][3]int{{1, 1, 1}, {1, 1, 2}, {1, 2, 1}, {1, 2, 2}, {1, 2, 3}} {
		v.Count(c[0], c[1], c[2])
	}
	if v != (Versus{1, 1, 1, 2, 2}) {
		t.Errorf("versus %+v", v)
	}
}
