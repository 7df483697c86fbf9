package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"sescope/nn"
	"sescope/nn/onnx"
	"sescope/weights"
	"sescope/weights/models"
)

func listModels(args []string, stdout, _ io.Writer) error {
	if _, err := newOptions("models").parse(args, 0, 0, "none"); err != nil {
		return err
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, name := range models.Names() {
		f, err := models.Open(name)
		if err != nil {
			return err
		}
		m, err := nn.Load(f)
		if err != nil {
			return err
		}
		params, macs, err := totals(m)
		if err != nil {
			return err
		}
		mark := ""
		if name == models.Default {
			mark = "(default)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s parameters\t%.1f M multiply-adds\t%s\n", name, m.Spec.Title["en"], thousands(params), float64(macs)/1e6, mark)
	}
	return w.Flush()
}

func totals(m *nn.Model) (params, macs int, err error) {
	infos, err := m.Spec.Describe()
	for _, l := range infos {
		params += l.Params
		macs += l.MACs
	}
	return params, macs, err
}

// inspect prints the network as print(model) would, with what each layer makes and costs.
func inspect(args []string, stdout, _ io.Writer) error {
	o := newOptions("inspect").withArch().withJSON()
	args, err := o.parse(args, 1, 1, "MODEL")
	if err != nil {
		return err
	}
	o.slow = true // nothing is run
	m, err := o.load(args[0])
	if err != nil {
		return err
	}
	infos, err := m.Spec.Describe()
	if err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(stdout).Encode(inspection(m, infos))
	}
	in := m.Spec.Input
	fmt.Fprintf(stdout, "%s: %s\ninput %d x %d x %d, mean %v, std %v\n%d classes: %s\n\n", line(m.Spec.Name), line(m.Spec.Title["en"]), in.H, in.W, in.C, m.Spec.Mean, m.Spec.Std,
		len(m.Spec.Classes), classNames(m.Spec.Classes))
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "layer\tkind\toutput (H x W x C)\tparameters\tmultiply-adds\talgorithm")
	for _, l := range infos {
		fmt.Fprintf(w, "%s\t%s\t%d x %d x %d\t%s\t%s\t%s\n", line(l.Name), line(kind(l)), l.Shape.H, l.Shape.W, l.Shape.C, thousands(l.Params), thousands(l.MACs), l.Algorithm())
	}
	params, macs, err := totals(m)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "total\t\t\t%s\t%s\n", thousands(params), thousands(macs))
	return w.Flush()
}

// classNames are the classes in the order of the outputs.
func classNames(classes []nn.Class) string {
	var names []string
	for _, c := range classes {
		names = append(names, line(c.En))
	}
	return strings.Join(names, ", ")
}

// inspected is what inspect --json prints.
type inspected struct {
	Name    string           `json:"name"`
	Title   string           `json:"title"`
	Input   [3]int           `json:"input"` // height, width, channels
	Mean    []float32        `json:"mean"`
	Std     []float32        `json:"std"`
	Classes []nn.Class       `json:"classes"`
	Layers  []inspectedLayer `json:"layers"`
	Params  int              `json:"params"`
	MACs    int              `json:"macs"`
}

type inspectedLayer struct {
	nn.LayerSpec
	Output    [3]int `json:"output"` // height, width, channels
	Params    int    `json:"params"`
	MACs      int    `json:"macs"`
	Algorithm string `json:"algorithm,omitempty"`
}

func inspection(m *nn.Model, infos []nn.LayerInfo) inspected {
	s := &m.Spec
	r := inspected{Name: s.Name, Title: s.Title["en"], Input: [3]int{s.Input.H, s.Input.W, s.Input.C}, Mean: s.Mean, Std: s.Std, Classes: s.Classes}
	for _, l := range infos {
		r.Layers = append(r.Layers, inspectedLayer{l.LayerSpec, [3]int{l.Shape.H, l.Shape.W, l.Shape.C}, l.Params, l.MACs, l.Algorithm()})
		r.Params += l.Params
		r.MACs += l.MACs
	}
	return r
}

func kind(l nn.LayerInfo) string {
	if sketch := l.Sketch(); sketch != "" {
		return nn.AttentionTitle(l.Op) + ", " + strings.ReplaceAll(sketch, "→", "->")
	}
	switch l.Op {
	case "conv":
		groups := ""
		if l.Groups > 1 {
			groups = fmt.Sprintf(", %d groups", l.Groups)
		}
		return fmt.Sprintf("conv %dx%d, %d -> %d, stride %d, %s%s", l.Kernel, l.Kernel, l.In, l.Out, l.Stride, padding(l), groups)
	case "maxpool", "avgpool":
		return fmt.Sprintf("%s %d, stride %d, %s", map[string]string{"maxpool": "max pool", "avgpool": "average pool"}[l.Op], l.Kernel, cmp.Or(l.Stride, l.Kernel), padding(l))
	case "add":
		return "add " + l.With
	case "mul":
		return "times " + l.With + ": a gate that is not taken apart"
	case "concat":
		return "concat " + strings.Join(l.Parts, ", ")
	case "slice":
		return fmt.Sprintf("channels %d to %d", l.Start, l.Start+l.LayerSpec.Out-1)
	case "linear":
		return fmt.Sprintf("linear, %d -> %d", l.In, l.Out)
	}
	return l.Op
}

// padding is a layer's, top, left, bottom and right where they differ.
func padding(l nn.LayerInfo) string {
	if len(l.Pads) > 0 {
		return strings.Trim(fmt.Sprintf("pads %v", l.Pads), "[]")
	}
	return fmt.Sprintf("pad %d", l.Pad)
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func classify(args []string, stdout, stderr io.Writer) error {
	o := newOptions("run").withArch().withJSON()
	top := o.flags.Int("top", nn.TopClasses, "")
	args, err := o.parse(args, 2, -1, "MODEL IMAGE...")
	if err != nil {
		return err
	}
	if *top < 1 {
		return fmt.Errorf("run: --top %d, expected 1 or more; %w", *top, errUsage)
	}
	_, s, err := o.openSession(args[0])
	if err != nil {
		return err
	}
	pictures, bad := args[1:], 0
	for _, file := range pictures {
		result, err := answerTo(s, file, *top)
		if err != nil && len(pictures) == 1 {
			return err
		}
		if err != nil { // the others are as good as before
			fmt.Fprintf(stderr, "sescope: %s\n", line(err.Error()))
			bad++
			continue
		}
		if o.json {
			err = json.NewEncoder(stdout).Encode(result)
		} else {
			err = printResult(stdout, result)
		}
		if err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("run: %d of %d pictures could not be classified", bad, len(pictures))
	}
	return nil
}

// answerTo runs the network on a picture.
func answerTo(s *nn.Session, file string, top int) (nn.Result, error) {
	img, err := readPicture(file)
	if err != nil {
		return nn.Result{}, err
	}
	trace := s.Run(img)
	if err := trace.Check(); err != nil {
		return nn.Result{}, fmt.Errorf("%s: %v", file, err)
	}
	return trace.Result(file, top), nil
}

func printResult(w io.Writer, r nn.Result) error {
	unsure := ""
	if r.Unsure {
		unsure = ": not sure, it looks like none of the classes; the nearest are"
	}
	_, err := fmt.Fprintf(w, "%s%s\n", line(r.File), unsure)
	for _, c := range r.Top {
		fmt.Fprintf(w, "  %5.1f %%  %s\n", 100*c.P, line(c.Class))
	}
	for _, g := range r.Gates {
		fmt.Fprintf(w, "  gates of %s: %d, smallest %.2f, largest %.2f\n", line(g.Layer), len(g.Scale), slices.Min(g.Scale), slices.Max(g.Scale))
	}
	return err
}

// explain draws the tutorial's figure: the picture, and the three channels of the last convolution
// with the largest spatial mean.
func explain(args []string, stdout, _ io.Writer) error {
	o := newOptions("explain").withArch().withOut()
	args, err := o.parse(args, 2, 2, "MODEL IMAGE")
	if err != nil {
		return err
	}
	if err := checkOutput(o.out, ".png", args...); err != nil {
		return fmt.Errorf("explain: -o: %w", err)
	}
	m, s, err := o.openSession(args[0])
	if err != nil {
		return err
	}
	img, err := readPicture(args[1])
	if err != nil {
		return err
	}
	t := s.Run(img)
	top := t.Top()
	panels := []panel{{Title: []string{"Original", fmt.Sprintf("predicted: %s, %.0f %%", m.Spec.Classes[top].En, 100*t.Probs[top])}, Picture: t.Input}}
	for _, c := range t.Rank(nn.ByMean, top, 3) {
		heat := t.Channel(c.Channel, nil)
		nn.Normalise(heat)
		panels = append(panels, panel{Title: []string{fmt.Sprintf("%s, channel %d", m.LastConv(), c.Channel), fmt.Sprintf("mean %.2f, gate %.2f", c.Mean, c.Gate)}, Picture: t.Input, Heat: heat})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, drawFigure(panels)); err != nil {
		return fmt.Errorf("%s: %v", o.out, err)
	}
	if err := save(o.out, b.Bytes(), args...); err != nil {
		return err
	}
	fmt.Fprintln(stdout, line(o.out))
	return nil
}

func quantize(args []string, stdout, _ io.Writer) error {
	o := newOptions("quantize")
	bits := o.flags.Int("bits", 8, "")
	args, err := o.parse(args, 2, 2, "IN OUT.safetensors")
	if err != nil {
		return err
	}
	if err := checkOutput(args[1], ".safetensors", args[0]); err != nil {
		return fmt.Errorf("quantize: %w", err)
	}
	f, err := readFile(args[0])
	if err != nil {
		return err
	}
	q, err := weights.Quantise(f, *bits)
	if err != nil {
		return fmt.Errorf("quantize: %v", err)
	}
	n, err := saveWeights(q, args[1], args[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %s bytes\n", line(args[1]), thousands(n))
	return nil
}

// convert makes a weights file of an ONNX file. It stays only if its logits are those that the ONNX
// file's own nodes give.
func convert(args []string, stdout, _ io.Writer) error {
	o := newOptions("convert").withInput()
	bits := o.flags.Int("bits", 32, "")
	size := o.flags.Int("size", 0, "")
	args, err := o.parse(args, 2, 2, "IN.onnx OUT.safetensors")
	if err != nil {
		return err
	}
	if err := checkOutput(args[1], ".safetensors", args[0], o.classes); err != nil {
		return fmt.Errorf("convert: %w", err)
	}
	options := onnx.Options{Mean: o.mean, Std: o.std, Size: *size, Open: beside(args[0])}
	if o.classes != "" {
		if options.Classes, err = readClasses(o.classes); err != nil {
			return err
		}
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return fileError(args[0], err)
	}
	f, apart, err := onnx.Read(strings.TrimSuffix(filepath.Base(args[0]), ".onnx"), b, options)
	if err != nil {
		return fmt.Errorf("convert: %v", err)
	}
	if *bits != 32 {
		if f, err = weights.Quantise(f, *bits); err != nil {
			return fmt.Errorf("convert: %v", err)
		}
	}
	n, err := saveWeights(f, args[1], args[0], o.classes)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %s bytes; in float32 its logits are the ONNX file's up to %.1g of the largest\n", line(args[1]), thousands(n), apart)
	return nil
}
