package kernels

import "github.com/chewxy/math32"

// Activation is a function of one value.
type Activation uint8

// The activations, by PyTorch's definitions.
const (
	Identity    Activation = iota
	ReLU                   // max(0, x)
	ReLU6                  // min(max(0, x), 6)
	HardSigmoid            // min(max(0, x+3), 6) / 6
	HardSwish              // x HardSigmoid(x)
	Logistic               // 1 / (1 + exp(-x))
	SiLU                   // x Logistic(x)
)

// Of is the function. Comparisons stand where min and max would: those are slow in wasm.
func (a Activation) Of(x float32) float32 {
	switch a {
	case ReLU:
		if x < 0 {
			return 0
		}
	case ReLU6:
		return clamp6(x)
	case HardSigmoid:
		return clamp6(x+3) * (1.0 / 6)
	case HardSwish:
		return x * clamp6(x+3) * (1.0 / 6)
	case Logistic:
		return 1 / (1 + math32.Exp(-x))
	case SiLU:
		return x / (1 + math32.Exp(-x))
	}
	return x
}

func clamp6(x float32) float32 {
	if x < 0 {
		return 0
	}
	if x > 6 {
		return 6
	}
	return x
}

// Derivative is that of Of; at a corner it is PyTorch's choice.
func (a Activation) Derivative(x float32) float32 {
	inside := func(from, to, slope float32) float32 {
		if x > from && x < to {
			return slope
		}
		return 0
	}
	switch a {
	case ReLU:
		return inside(0, math32.Inf(1), 1)
	case ReLU6:
		return inside(0, 6, 1)
	case HardSigmoid:
		return inside(-3, 3, 1.0/6)
	case HardSwish:
		if x >= 3 {
			return 1
		}
		return inside(-3, 3, (2*x+3)*(1.0/6))
	case Logistic:
		s := Logistic.Of(x)
		return s * (1 - s)
	case SiLU:
		s := Logistic.Of(x)
		return s * (1 + x*(1-s))
	}
	return 1
}

// Apply is: dst[i] = f(src[i]); dst may be src.
func (a Activation) Apply(dst, src []float32) {
	sameLength("Activation.Apply", len(dst), len(src))
	for i, x := range src {
		dst[i] = a.Of(x)
	}
}

// Map is: dst[y][x][c] = f(src[y][x][c]); dst may be src.
func (a Activation) Map(dst []float32, d Map, src []float32, s Map) {
	d.check("Activation.Map", dst)
	s.check("Activation.Map", src)
	for y := range s.H {
		for x := range s.W {
			a.Apply(dst[y*d.RowStride+x*d.Stride:][:s.C], src[y*s.RowStride+x*s.Stride:][:s.C])
		}
	}
}
