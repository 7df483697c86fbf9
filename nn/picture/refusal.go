package picture

// Faults that show when a picture is opened. Cut, Scans and Inks are seen in its bytes, and Broken
// in those of a PNG: a chunk that is none, or that its checksum gives the lie to.
const (
	Empty   Fault = "empty"
	Broken  Fault = "broken"
	Foreign Fault = "format"  // one that the browser lacks
	Unknown Fault = "unknown" // no picture at all
	Huge    Fault = "huge"
	Tainted Fault = "tainted" // a drawing that the browser shows but lets no page read
)

// Refusal is why a picture was not opened, and a detail where there is one: the format or the size.
type Refusal struct {
	Fault  Fault
	Detail string
}

func (r *Refusal) Error() string { return "picture " + string(r.Fault) + ": " + r.Detail }
