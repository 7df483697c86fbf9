package picture

// Faults that show only when a picture is opened. Cut, Scans and Inks are seen in its bytes.
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
