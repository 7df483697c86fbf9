package teach

import "math"

const (
	pairs      = 10   // steps that the approximation of the curvature remembers
	armijo     = 1e-4 // least share of the promised fall
	curvature  = 0.9  // largest share of the slope that may be left
	searches   = 25   // steps of one line search
	blur       = 1e-6 // of a value in float32: what changes less is judged by its slope
	iterations = 300
)

// objective is a function to minimise: its value at x, with its gradient written to g.
type objective func(x, g []float64) float64

// minimise moves x to a minimum of a smooth convex function by L-BFGS (Liu and Nocedal 1989) with a
// line search by bisection for the weak Wolfe conditions (Lewis and Overton 2013), or the
// approximate ones where rounding hides the fall (Hager and Zhang 2005). It ends where no part of
// the gradient is larger than tolerance, and returns how often it asked for f.
func minimise(f objective, x []float64, tolerance float64) (asked int) {
	n := len(x)
	g, trial, slope, way := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	var steps, turns [pairs][]float64 // the last moves and what they did to the gradient
	var curve [pairs]float64
	kept := 0
	value := f(x, g)
	asked++
	for range iterations {
		if largest(g) <= tolerance {
			return asked
		}
		direction(way, g, steps[:], turns[:], curve[:], kept)
		descent := dot(way, g)
		if !(descent < 0) { // rounding: begin again with the steepest way
			kept = 0
			direction(way, g, nil, nil, nil, 0)
			descent = dot(way, g)
		}
		t := 1.0
		if kept == 0 {
			t = min(1, 1/math.Sqrt(-descent))
		}
		low, high, next, found := 0.0, math.Inf(1), value, false
		for range searches {
			for i := range x {
				trial[i] = x[i] + t*way[i]
			}
			next = f(trial, slope)
			asked++
			along := dot(slope, way)
			switch {
			case !(next <= value+armijo*t*descent || next <= value+blur*math.Abs(value) && along <= (2*armijo-1)*descent):
				high = t
			case along < curvature*descent:
				low = t
			default:
				found = true
			}
			if found {
				break
			}
			if t = (low + high) / 2; math.IsInf(high, 1) {
				t = 2 * low
			}
		}
		if !found && !(next < value) {
			return asked
		}
		at := kept % pairs
		if steps[at] == nil {
			steps[at], turns[at] = make([]float64, n), make([]float64, n)
		}
		for i := range x {
			steps[at][i], turns[at][i] = trial[i]-x[i], slope[i]-g[i]
		}
		curve[at] = dot(steps[at], turns[at])
		if kept++; !found || !(curve[at] > 0) {
			kept = 0 // no such pair of a convex function
		}
		copy(x, trial)
		copy(g, slope)
		value = next
	}
	return asked
}

// direction is -H g, H being the approximation of the inverse curvature by the last pairs of kept.
func direction(way, g []float64, steps, turns [][]float64, curve []float64, kept int) {
	for i, v := range g {
		way[i] = -v
	}
	if kept == 0 {
		return
	}
	first := max(0, kept-pairs)
	var alpha [pairs]float64
	for k := kept - 1; k >= first; k-- {
		j := k % pairs
		alpha[j] = dot(steps[j], way) / curve[j]
		add(way, -alpha[j], turns[j])
	}
	last := (kept - 1) % pairs
	scale := curve[last] / dot(turns[last], turns[last])
	for i := range way {
		way[i] *= scale
	}
	for k := first; k < kept; k++ {
		j := k % pairs
		add(way, alpha[j]-dot(turns[j], way)/curve[j], steps[j])
	}
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// add is: y[i] += a * x[i].
func add(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += a * v
	}
}

func largest(v []float64) (most float64) {
	for _, x := range v {
		most = max(most, math.Abs(x))
	}
	return most
}
