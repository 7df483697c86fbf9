package onnx

import (
	"strings"

	"sescope/nn"
)

// pattern looks whether a layer of several nodes ends in n; then it marks the others as inside and returns what appends the layer.
func (c *converter) pattern(n *node) func() error {
	if len(n.in) != 2 || len(n.out) == 0 {
		return nil
	}
	switch n.op {
	case "Mul":
		for i := range 2 {
			x, gate := n.in[i], n.in[1-i]
			if g := c.made[gate]; g != nil && len(g.in) > 0 && g.in[0] == x {
				if g.op == "Sigmoid" {
					return c.take(n, x, "silu", g)
				}
				if g.op == "HardSigmoid" && c.hardSigmoid(g) {
					return c.take(n, x, "hardswish", g)
				}
			}
			if emit := c.excitation(n, x, gate); emit != nil {
				return emit
			}
		}
	case "Div": // hard-swish as x * clip(x + 3, 0, 6) / 6
		m := c.made[n.in[0]]
		if six, ok := c.scalar(n.in[1]); !ok || six != 6 || m == nil || m.op != "Mul" || len(m.in) != 2 {
			return nil
		}
		for i := range 2 {
			x, clip := m.in[i], c.made[m.in[1-i]]
			if clip == nil || clip.op != "Clip" {
				continue
			}
			low, high := c.clip(clip)
			add := c.made[clip.in[0]]
			if add == nil || add.op != "Add" || len(add.in) != 2 || low != 0 || high != 6 {
				continue
			}
			for j := range 2 {
				if three, ok := c.scalar(add.in[j]); ok && three == 3 && add.in[1-j] == x {
					return c.take(n, x, "hardswish", add, clip, m)
				}
			}
		}
	case "Add": // the bias of a MatMul
		for i := range 2 {
			if m := c.made[n.in[i]]; m != nil && m.op == "MatMul" && c.consts[n.in[1-i]] != nil {
				c.inside[m] = true
				return func() error { return c.dense(m, n.out[0], n) }
			}
		}
	}
	return nil
}

func (c *converter) take(n *node, x, op string, inside ...*node) func() error {
	for _, i := range inside {
		c.inside[i] = true
	}
	return func() error { return c.add(n, x, nn.LayerSpec{Op: op, Name: c.name(n, "")}) }
}

// excitation recognises SE: x times a sigmoid of two fully connected layers of the mean of x.
func (c *converter) excitation(n *node, x, gate string) func() error {
	var inside []*node
	v := gate
	next := func(ops ...string) *node { // the node that makes v, one of ops, behind changes of shape; v becomes its input
		for {
			m := c.made[v]
			if m == nil || len(m.in) == 0 || len(inside) > 64 { // a file may go in circles
				return nil
			}
			inside, v = append(inside, m), m.in[0]
			for _, op := range ops {
				if m.op == op {
					return m
				}
			}
			switch m.op {
			case "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Expand":
			default:
				return nil
			}
		}
	}
	fully := func() (m, bias *node) {
		m = next("Conv", "Gemm", "MatMul", "Add")
		if m != nil && m.op == "Add" && len(m.in) == 2 {
			bias = m
			if c.consts[v] != nil {
				v = m.in[1]
			}
			m = next("MatMul")
		}
		return m, bias
	}
	l := nn.LayerSpec{Op: "se"}
	g := next("Sigmoid", "HardSigmoid")
	if g == nil || g.op == "HardSigmoid" && !c.hardSigmoid(g) {
		return nil
	}
	if g.op == "HardSigmoid" {
		l.Gate = "hardsigmoid"
	}
	fc2, bias2 := fully()
	if fc2 == nil {
		return nil
	}
	act := next("Relu", "Mul")
	if act == nil {
		return nil
	}
	if act.op == "Mul" { // SiLU: z * sigmoid(z)
		s, z := c.made[act.in[0]], act.in[len(act.in)-1]
		if s == nil || s.op != "Sigmoid" {
			s, z = c.made[act.in[len(act.in)-1]], act.in[0]
		}
		if s == nil || s.op != "Sigmoid" || len(s.in) != 1 || s.in[0] != z {
			return nil
		}
		inside, v, l.Act = append(inside, s), z, "silu"
	}
	fc1, bias1 := fully()
	if fc1 == nil {
		return nil
	}
	if mean := next("GlobalAveragePool", "ReduceMean"); mean == nil || v != x {
		return nil
	}
	for _, m := range inside {
		c.inside[m] = true
	}
	return func() error {
		var widths [2]int
		for i, fc := range []*node{fc1, fc2} {
			name, err := c.excite(fc, []*node{bias1, bias2}[i], &l, &widths[i])
			if err != nil {
				return err
			}
			l.FC = append(l.FC, name)
		}
		l.Out = widths[0]
		l.Name = c.name(n, prefix(l.FC[0], l.FC[1])+".weight")
		return c.add(n, x, l)
	}
}

// excite stores the weights of one fully connected layer of an SE block and returns its name and its outputs.
func (c *converter) excite(fc, bias *node, l *nn.LayerSpec, width *int) (string, error) {
	if fc.op == "Conv" {
		w, err := c.weight(fc, 1, 4)
		if err != nil {
			return "", err
		}
		if g := fc.attrs["group"]; w.dims[2] != 1 || w.dims[3] != 1 || g != nil && g.i != 1 {
			return "", c.fail(fc, "excites, expected a 1x1 convolution")
		}
		*width = w.dims[0]
		name := c.name(fc, fc.in[1])
		if err := c.store(fc, name+".weight", fc.in[1], nil); err != nil {
			return "", err
		}
		if l.Bias = len(fc.in) > 2; l.Bias {
			return name, c.store(fc, name+".bias", fc.in[2], nil)
		}
		return name, nil
	}
	// A Linear is built as a layer of its own and taken from the list again.
	saved := c.at[fc.in[0]]
	c.at[fc.in[0]] = "input"
	err := c.dense(fc, fc.out[0], bias)
	c.at[fc.in[0]] = saved
	if saved == "" {
		delete(c.at, fc.in[0])
	}
	if err != nil {
		return "", err
	}
	last := c.layers[len(c.layers)-1]
	c.layers = c.layers[:len(c.layers)-1]
	*width, l.Bias = last.Out, last.Bias
	return last.Name, nil
}

// prefix is what the dotted names a and b begin with alike, or a.
func prefix(a, b string) string {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	if n == 0 {
		return a + ".se"
	}
	return strings.Join(x[:n], ".")
}
