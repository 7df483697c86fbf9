package page

import (
	"fmt"
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

const figureSide = 192 // of a picture of the tutorial's figure

// paintFigures draws the tutorial's figure: the original, and its strongest channels in jet at a
// flat half, each scaled to its own range and enlarged by the cubic spline that scipy's zoom uses.
func (st *stage) paintFigures(s *view.State) {
	r := s.Shown.Result
	captions, document := s.Captions(), js.Global().Get("document")
	for i, caption := range captions {
		fig := browser.Slot(fmt.Sprintf("fig-%d", i))
		if fig == nil {
			return // the panel is closed
		}
		fig.Resize(figureSide)
		fig.Ctx.Set("imageSmoothingQuality", "high")
		fig.Draw(st.picture, 1)
		if i > 0 {
			st.paintChannel(s.Shown.Model, r.Channels[i-1].Map)
			fig.Draw(st.scratch, 0.5)
		}
		document.Call("getElementById", fmt.Sprintf("fig-%d-title", i)).Set("textContent", caption.Title)
		document.Call("getElementById", fmt.Sprintf("fig-%d-text", i)).Set("textContent", caption.Text)
	}
}

func (st *stage) paintChannel(of *protocol.Model, m protocol.Plane) {
	l := &st.channelPaint
	l.fit(of)
	small := &nn.Heatmap{W: m.W, H: m.H, Data: append([]float32(nil), m.Data...)}
	nn.Normalise(small)
	st.spline.Resize(l.large, small)
	nn.Overlay(l.inside, l.large, nn.Jet, 1, false)
	l.Put(st.scratch)
}
