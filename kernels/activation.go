package kernels

import (
	"math"

	"github.com/chewxy/math32"
)

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
	Tanh                   // tanh(x)
	GELU                   // x (1 + erf(x / sqrt(2))) / 2
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
		return 1 / (1 + expNegative(x))
	case SiLU:
		return x / (1 + expNegative(x))
	case Tanh:
		return float32(math.Tanh(float64(x)))
	case GELU:
		return float32(0.5 * float64(x) * (1 + math.Erf(float64(x)*(1/math.Sqrt2))))
	}
	return x
}

// The constants of expNegative: the range and a number that leaves no room for fractions.
const (
	expLeast, expMost = -88, 87
	expLog2E          = -1.44269504088896340736 // of the negative
	expRound          = 3 << 22
)

// expSeries are c5 to c0 of 2^f = 1 + c1 f + ... + c5 f^5 for f from -1/2 to 1/2, with the least
// largest relative error, 8.7e-8, that leaves 2^0 = 1.
var expSeries = [...]float32{0.0013254602433700213, 0.009671999180715962, 0.055507793245501376, 0.24022231907060132, 0.6931469302343775, 1}

// expNegative is exp(-x) = 2^n 2^f, n the whole number next to -x/ln(2); its error is that of
// rounding -x/ln(2) to float32, 8e-8 |x| of the value, and 1.5e-7. x is cut to -88..87, beyond
// which a logistic function does not change any more.
func expNegative(x float32) float32 {
	if x < expLeast {
		x = expLeast
	}
	if x > expMost {
		x = expMost
	}
	t := expRound + float32(x*expLog2E) // its last bits are n
	f := (expRound - t) + float32(x*expLog2E)
	p := expSeries[0]
	for _, c := range expSeries[1:] {
		p = c + float32(p*f)
	}
	return float32(p * math32.Float32frombits((math32.Float32bits(t)+127)<<23))
}

// limits are what a convolution does with a value before it stores it, without another pass: the
// least and the largest value, and what is left to do.
func (a Activation) limits() (floor, ceiling float32, rest Activation) {
	switch a {
	case ReLU:
		return 0, math32.Inf(1), Identity
	case ReLU6:
		return 0, 6, Identity
	}
	return math32.Inf(-1), math32.Inf(1), a
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
	case Tanh:
		v := Tanh.Of(x)
		return 1 - v*v
	case GELU:
		y := float64(x)
		return float32(0.5*(1+math.Erf(y*(1/math.Sqrt2))) + y*math.Exp(-y*y/2)*(1/math.Sqrt(2*math.Pi)))
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
	sameSize("Activation.Map", d, s)
	a.portableMap(dst, d, src, s, a.mapVectors(dst, d, src, s))
}

func (a Activation) portableMap(dst []float32, d Map, src []float32, s Map, from int) {
	if from == s.C {
		return
	}
	for y := range s.H {
		for x := range s.W {
			a.Apply(dst[d.at(y, x, from):d.at(y, x, d.C)], src[s.at(y, x, from):s.at(y, x, s.C)])
		}
	}
}
