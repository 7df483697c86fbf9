package onnx

import (
	"slices"

	"sescope/nn"
)

// sum converts a sum of two maps or more.
func (c *converter) sum(n *node) (h held, err error) {
	var parts []held
	for _, v := range n.in {
		if v == "" {
			continue
		}
		if !c.varies[v] || !slices.Equal(c.shape[v], c.shape[n.out[0]]) {
			return h, fail(n, "adds the shapes %v and %v, expected maps of one shape", c.shape[n.in[0]], c.shape[v])
		}
		p, err := c.value(v)
		if err != nil {
			return h, err
		}
		parts = append(parts, p)
	}
	h = parts[0]
	for _, p := range parts[1:] {
		if p.axes != h.axes || p.turned != h.turned {
			return h, fail(n, "adds maps whose axes are %s and %s", h.axes, p.axes)
		}
		if last := c.layers[len(c.layers)-1].Name; p.layer == last {
			h, p = p, h
		}
		h.layer = c.add(h, nn.LayerSpec{Op: "add", Name: c.name(n, ""), With: p.layer})
	}
	return h, nil
}

// product converts gates that are taken apart no further: a map times one of the same shape, a
// vector of its channels, or one number for each place.
func (c *converter) product(n *node) (held, error) {
	changing := c.changing(n)
	if len(changing) != 2 {
		return held{}, fail(n, "multiplies a map with different numbers, expected one for each channel")
	}
	x, gate := changing[0], changing[1]
	if c.size(x) < c.size(gate) || c.spread(x) {
		x, gate = gate, x
	}
	for m := c.made[gate]; m != nil && (m.op == "Expand" || m.op == "Tile") && len(c.changing(m)) == 1; m = c.made[gate] {
		gate = c.changing(m)[0]
	}
	h, err := c.value(x)
	if err != nil {
		return h, err
	}
	g, err := c.value(gate)
	if err != nil {
		return h, err
	}
	a, b := c.shape[x], c.shape[gate]
	for d, letter := range g.axes { // each axis of the gate stands for the same one of the map
		if shift := len(a) - len(b); letter != 'x' && (shift+d < 0 || h.axes[shift+d] != byte(letter) || a[shift+d] != b[d]) {
			return h, fail(n, "multiplies maps whose axes are %s and %s", h.axes, g.axes)
		}
	}
	h.layer = c.add(h, nn.LayerSpec{Op: "mul", Name: c.name(n, ""), With: g.layer})
	return h, nil
}

// spread tells whether a value is a vector repeated over a map.
func (c *converter) spread(v string) bool {
	n := c.made[v]
	return n != nil && (n.op == "Expand" || n.op == "Tile")
}

func (c *converter) concat(n *node) (h held, err error) {
	l := nn.LayerSpec{Op: "concat", Name: c.name(n, "")}
	d, err := axis(n.int("axis", 0), len(c.shape[n.out[0]]))
	if err != nil {
		return h, fail(n, "%v", err)
	}
	for i, v := range n.in {
		if !c.varies[v] {
			return h, fail(n, "joins a map and a constant")
		}
		p, err := c.value(v)
		if err != nil {
			return h, err
		}
		if i == 0 {
			h = p
		}
		axes := []byte(p.axes)
		if d < len(axes) && axes[d] == 'x' && !slices.Contains(axes, 'C') { // of one channel
			axes[d] = 'C'
		}
		first := []byte(h.axes)
		if d < len(first) {
			first[d] = 'C'
		}
		if string(axes) != string(first) || axes[d] != 'C' {
			return h, fail(n, "joins maps along an axis that is not their channels: %s and %s", h.axes, p.axes)
		}
		h.axes = string(axes)
		l.Parts = append(l.Parts, p.layer)
	}
	return held{layer: c.add(held{layer: c.layers[len(c.layers)-1].Name}, l), axes: h.axes}, nil
}
