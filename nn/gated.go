package nn

// Gated copies a channel of the map that an SE block scales, as it is in front of its gate, and returns its spatial mean as the block
// squeezed it. dst is reused if it has the right size; nil makes a new one. block and channel must exist.
func (t *Trace) Gated(block, channel int, dst *Heatmap) (m *Heatmap, mean float32) {
	b := &t.session.se[block]
	src := t.session.at(t.Model.source[b.layer])
	dst = reuse(dst, src)
	src.Channel(channel, dst.Data)
	return dst, b.squeeze.Data[channel]
}
