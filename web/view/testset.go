package view

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sescope/nn"
	"sescope/nn/dataset"
	"sescope/web/protocol"
	"sescope/weights/json"
)

// TestSet is the person's test set and what the networks made of it.
type TestSet struct {
	Name      string // of what was opened, "" before
	Opening   bool
	Running   bool
	Runs      int  // that have ended
	Stopped   bool // cancelled, or ended by Fault or Trouble
	Fault     *dataset.Fault
	Trouble   string // an error of the network on a picture
	Lost      bool   // workers kept stopping
	Count     int    // of pictures
	Workers   int
	Ms        float64 // that the run took
	Unmatched []dataset.Folder
	Skipped   []dataset.Skip // Why is a Kind or a Trouble
	By        dataset.By     // what the labels come from
	Choice    string         // of a part: "" is what was held out
	Part      string         // that was taken, of
	Parts     []dataset.Folder
	Files     bool // the parts' numbers are of files, not of pictures

	Versus  string          // chosen to compare with: "", "bits 6", or a network's name
	Against string          // that the figures are compared with
	Model   *protocol.Model // that was tested
	All     *nn.Evaluation
	Second  *nn.Evaluation
	Duel    nn.Versus
	Seen    []Seen // in the order of the set

	Label, Predicted int // the chosen cell of the confusion matrix
	Page             int // of its pictures
	Thumbs           []Thumb
	Block            int // the SE block whose gates are shown
	Row, Channel     int // the chosen gate
}

// Seen is what the network made of one picture of the set.
type Seen struct {
	Name       string
	At         int // its record, or its place in the list of files
	Label, Top int
	P, Score   float32
	Sure       bool
}

// Thumb is a picture of the chosen cell.
type Thumb struct {
	Seen int // its index
	URL  string
}

// ThumbsPage is how many pictures of a cell are shown at once.
const ThumbsPage = 40

// TestWorkers is how many workers a test runs in: one a core, unless there is less to do or the
// network is so large that as many of it would not fit.
func TestWorkers(cores, bytes, pieces int) int {
	const memory, program, times = 800 << 20, 24 << 20, 8 // of a file: its bytes, float32 of int8, packed
	return max(1, min(cores, pieces, memory/(program+times*bytes)))
}

// TestPiece is how many of the pictures a worker is given at a time: some tenths of a second of
// work, so that the progress moves and little is lost with a worker, and little enough for all
// cores to have some.
func TestPiece(m *protocol.Model, pictures, cores int) int {
	return min(max(10_000_000_000/max(m.MACs(), 1), 4), 200, max(4, pictures/(4*cores)))
}

// Add counts what came back of one piece; pieces are added in their order.
func (t *TestSet) Add(got *protocol.Tested, pictures []dataset.Picture) {
	skipped, next := got.Skipped, 0
	for i, p := range pictures {
		if len(skipped) > 0 && skipped[0].I == i {
			t.Skipped = append(t.Skipped, dataset.Skip{Name: p.Name, Why: dataset.Kind(skipped[0].Why)})
			skipped = skipped[1:]
			continue
		}
		o, second := got.At(next)
		next++
		t.All.Count(o)
		if t.Second != nil && got.Two {
			t.Second.Count(second)
			t.Duel.Count(o.Label, o.Top, second.Top)
		}
		t.Seen = append(t.Seen, Seen{p.Name, p.At, o.Label, o.Top, o.P, o.Score, o.Sure})
	}
}

// Done is how many pictures are counted.
func (t *TestSet) Done() int {
	if t.All == nil {
		return 0
	}
	return t.All.N
}

// Tested tells whether there is something to show.
func (s *State) Tested() bool { return s.Test.Done() > 0 }

// Option is a line of a list.
type Option struct{ Value, Name string }

// TestVersus are the choices of what to compare with: fewer bits, and every network of the same
// classes.
func (s *State) TestVersus() []Option {
	w := s.Words()
	list := []Option{{"", w.TestAlone}}
	for _, bits := range []int{8, 6, 4} {
		if bits < 8 || s.Own() { // the page's own networks have 8
			list = append(list, Option{"bits " + strconv.Itoa(bits), fmt.Sprintf(w.TestBits, bits)})
		}
	}
	for _, m := range s.Models {
		if m.Name != s.Model && s.sameClasses(m) {
			list = append(list, Option{m.Name, s.Localised(m.Title)})
		}
	}
	return list
}

// sameClasses tells whether a network can know the same classes as the present one: both were
// loaded and do, or one was not loaded yet.
func (s *State) sameClasses(m ModelChoice) bool {
	mine, theirs := s.ClassesOf[s.Model], s.ClassesOf[m.Name]
	return theirs == nil || mine == nil || SameClasses(mine, theirs)
}

// SameClasses tells whether two lists of classes are the same.
func SameClasses(a, b []nn.Class) bool {
	return slices.EqualFunc(a, b, func(x, y nn.Class) bool { return x.En == y.En })
}

// VersusBits are the bits of a choice of TestVersus, 0 for a network.
func VersusBits(choice string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(choice, "bits "))
	return n
}

// OtherClasses says that a network cannot be compared with.
func (s *State) OtherClasses(name string) string {
	return fmt.Sprintf(s.Words().TestOtherClasses, s.modelTitle(name))
}

func (s *State) versusName(choice string) string {
	if bits := VersusBits(choice); bits > 0 {
		return upperFirst(fmt.Sprintf(s.Words().TestBits, bits))
	}
	return s.modelTitle(choice)
}

func (s *State) modelTitle(name string) string {
	for _, m := range s.Models {
		if m.Name == name {
			return s.Localised(m.Title)
		}
	}
	return name
}

// TestStatus says how the test stands.
func (s *State) TestStatus() string {
	t, w := &s.Test, s.Words()
	switch {
	case t.Opening:
		return w.TestReading
	case t.Running && t.Done() == 0:
		return w.TestLoading
	case t.Running:
		return fmt.Sprintf(w.TestRunning, count(t.Done()), count(t.Count), t.Workers)
	case t.Fault != nil || t.Trouble != "" || t.Lost: // TestTrouble says it
		return ""
	case t.Stopped && t.Done() == 0:
		return w.TestNothing
	case t.Stopped:
		return fmt.Sprintf(w.TestStopped, count(t.Done()), count(t.Count))
	case t.Done() > 0:
		return counted(w.TestDone, s.modelTitle(t.Model.Name), t.Name, count(t.Done()), fmt.Sprintf("%.1f", t.Ms/1000), t.Workers)
	}
	return ""
}

// TestTrouble is why a set was not tested, or not to its end.
func (s *State) TestTrouble() string {
	t := &s.Test
	switch {
	case t.Lost:
		return s.Words().TestLost
	case t.Trouble != "":
		return t.Trouble
	case t.Fault == nil:
		return ""
	}
	return s.SetFault(t.Fault)
}

// SetFault words an error about a set of pictures.
func (s *State) SetFault(err error) string {
	var fault *dataset.Fault
	if !errors.As(err, &fault) {
		return err.Error()
	}
	words := faults[fault.Kind][s.lang()]
	if fault.Kind == dataset.Methods {
		return fmt.Sprintf(words, fault.Name, dataset.MethodName(fault.Got))
	}
	if !strings.Contains(words, "%s") {
		return fmt.Sprintf(s.Words().LeftPicture, fault.Name, words)
	}
	args := []any{fault.Name, fault.Got, fault.Expected}
	return fmt.Sprintf(words, args[:strings.Count(words, "%")]...)
}

func (s *State) lang() int {
	if s.Lang == "zh" {
		return 1
	}
	return 0
}

// TestProgress is the done share, of 100.
func (s *State) TestProgress() string {
	if s.Test.Count == 0 {
		return "0"
	}
	return units(100 * float64(s.Test.Done()+len(s.Test.Skipped)) / float64(s.Test.Count))
}

// TestAgain is what the button says that tests the open set once more, with the present network.
func (s *State) TestAgain() string {
	if s.Test.Model != nil && s.Test.Model.Name != s.Model {
		return fmt.Sprintf(s.Words().TestOther, s.modelTitle(s.Model))
	}
	return s.Words().TestAgain
}

// Figure is a number and what it is.
type Figure struct{ Value, Name, More string }

// TestFigures are the figures in large.
func (s *State) TestFigures() []Figure {
	e, w := s.Test.All, s.Words()
	if !s.Tested() {
		return nil
	}
	of := func(n int) string { return fmt.Sprintf(w.TestOf, count(n), count(e.N)) }
	list := []Figure{{share(e.Accuracy()), w.TestAccuracy, of(e.Correct)}}
	if len(e.Confusion) > 5 {
		list = append(list, Figure{share(float64(e.Top5) / float64(e.N)), w.TestTop5, of(e.Top5)})
	}
	list = append(list, Figure{share(e.ECE()), w.TestECE, ""})
	if s.Test.Model.Rejects {
		list = append(list, Figure{share(float64(e.Unsure) / float64(e.N)), w.TestUnsure, of(e.Unsure)})
	}
	return list
}

// TestDuel says how the second network did.
func (s *State) TestDuel() string {
	t, w := &s.Test, s.Words()
	if !s.Tested() || t.Second == nil || t.Second.N == 0 {
		return ""
	}
	name := s.versusName(t.Against)
	if t.Duel.Same == t.Second.N {
		return fmt.Sprintf(w.TestDuelSame, name, count(t.Second.N))
	}
	return fmt.Sprintf(w.TestDuel, name, share(t.Second.Accuracy()), count(t.Duel.Same), count(t.Second.N), count(t.Duel.First), count(t.Duel.Second))
}

// leftLines is how many lines name what was left out.
const leftLines = 12

// TestLeft names the folders and pictures that were left out.
func (s *State) TestLeft() []string {
	t, w := &s.Test, s.Words()
	var list []string
	for _, f := range t.Unmatched {
		if f.Name == "" {
			list = append(list, counted(w.LeftLoose, count(f.N)))
		} else {
			list = append(list, counted(w.LeftFolder, f.Name, count(f.N)))
		}
		if len(list) == leftLines {
			break
		}
	}
	for _, k := range t.Skipped[:min(len(t.Skipped), max(0, leftLines-len(list)))] {
		list = append(list, fmt.Sprintf(w.LeftPicture, k.Name, s.reason(k.Why)))
	}
	if more := len(t.Unmatched) + len(t.Skipped) - len(list); more > 0 {
		list = append(list, fmt.Sprintf(w.LeftMore, count(more)))
	}
	return list
}

func (s *State) reason(why dataset.Kind) string {
	if words, ok := troubles[Trouble(why)]; ok {
		return lowerFirst(words[s.lang()][0])
	}
	return faults[why][s.lang()]
}

func lowerFirst(s string) string {
	for i, r := range s {
		return string(unicode.ToLower(r)) + s[i+len(string(r)):]
	}
	return s
}

// count is thousands, with a zero.
func count(n int) string {
	if n == 0 {
		return "0"
	}
	return thousands(n)
}

// TestRow is a line of the table by class.
type TestRow struct{ Name, Pictures, Precision, Recall, Width string }

// TestRows are the classes of which there were pictures, or that the network answered.
func (s *State) TestRows() []TestRow {
	if !s.Tested() {
		return nil
	}
	e, rows := s.Test.All, []TestRow(nil)
	for i, c := range s.Test.Model.Classes {
		row := TestRow{Name: s.Name(c), Pictures: count(e.Pictures(i)), Precision: "–", Recall: "–", Width: "0"}
		if e.Pictures(i) > 0 {
			row.Recall, row.Width = share(e.Recall(i)), units(100*e.Recall(i))
		}
		answered := slices.ContainsFunc(e.Confusion, func(of []int) bool { return of[i] > 0 })
		if answered {
			row.Precision = share(e.Precision(i))
		}
		if answered || e.Pictures(i) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// TestCSV is one line a picture, as `sescope eval --csv` prints them, but for the logits.
func (s *State) TestCSV() string {
	var b strings.Builder
	b.WriteString("picture,label,predicted,p,score,sure\n")
	classes := s.Test.Model.Classes
	for _, p := range s.Test.Seen {
		fmt.Fprintf(&b, "%s,%s,%s,%v,%v,%v\n", csvField(p.Name), csvField(classes[p.Label].En), csvField(classes[p.Top].En), p.P, p.Score, p.Sure)
	}
	return b.String()
}

func csvField(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// TestReport is what TestJSON writes: that which `sescope eval --json` prints.
type TestReport struct {
	nn.Report
	Unmatched []dataset.Folder `json:"unmatched"`
	Skipped   []dataset.Skip   `json:"skipped"`
	By        dataset.By       `json:"by,omitempty"`
	Part      string           `json:"part,omitempty"`
	Parts     []dataset.Folder `json:"parts,omitempty"`
}

// TestJSON is the report of the test.
func (s *State) TestJSON() string {
	t := &s.Test
	r := TestReport{*nn.NewReport(t.Model.Name, t.Model.Classes, t.All), append([]dataset.Folder{}, t.Unmatched...), append([]dataset.Skip{}, t.Skipped...), t.By, t.Part, t.Parts}
	if t.Second != nil {
		r.Against = nn.NewAgainst(t.Against, t.Second, t.Duel)
	}
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // a NaN: a fault of ours
	}
	return string(b) + "\n"
}
