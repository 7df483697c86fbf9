package kernels

import (
	"math"
	"testing"
)

// TestExpNegative compares with float64 over the whole range, and beyond it, where the logistic
// function has to stay at 0 and 1.
func TestExpNegative(t *testing.T) {
	var worst float64
	for x := float32(-88); x <= 87; x += 1. / 512 {
		want := math.Exp(-float64(x))
		worst = max(worst, math.Abs(float64(expNegative(x))-want)/want/(1.5e-7+8e-8*math.Abs(float64(x))))
	}
	if !(worst <= 1) {
		t.Errorf("off by %g times 1.5e-7 and 8e-8 |x| of the value", worst)
	}
	inf := float32(math.Inf(1))
	for x, want := range map[float32]float32{0: 0.5, 100: 1, -100: 0, inf: 1, -inf: 0} {
		if got := Logistic.Of(x); !(math.Abs(float64(got-want)) < 1e-37) {
			t.Errorf("logistic(%v) = %v, expected %v", x, got, want)
		}
	}
	if v := Logistic.Of(float32(math.NaN())); v == v {
		t.Errorf("logistic(NaN) = %v", v)
	}
}
