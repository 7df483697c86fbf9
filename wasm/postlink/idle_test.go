package postlink

import (
	"slices"
	"testing"
)

// What runs in a browser calls an idle function only behind a test of the flag that it belongs to:
// each caller asks the tracer whether it is on, or is one of those that were read in Go 1.27.
func TestIdleFunctions(t *testing.T) {
	m, err := decode(link(t, "./testdata/program", "-gcflags=all=-l", "-ldflags=-w"))
	if err != nil {
		t.Fatal(err)
	}
	names, err := m.names()
	if err != nil {
		t.Fatal(err)
	}
	read := []string{
		"runtime.exitsyscall.func2", "runtime.exitsyscall.func3", "runtime.reentersyscall.func3", // their caller has asked the tracer
		"runtime.findRunnable", "runtime.gopanic", // traceEnabled
		"runtime.gcMarkTermination", "runtime.gcMarkTermination.func2", "runtime.sweepone.func1", "runtime.startpanic_m", // GODEBUG's gctrace, checkfinalizers, scavtrace, schedtrace
		"runtime.traceback1", "runtime.traceback2", "runtime.printCgoTraceback", // GODEBUG's tracebackancestors, C
		"runtime.traceThreadDestroy.func1",                            // a thread ends: there is one
		"internal_godebug.__Setting_.Value", "internal_godebug.parse", // a GODEBUG variable with a pattern
		"internal_godebug.registerMetric", "runtime.__timeHistogram_.write", // a GODEBUG variable was used, metrics
		"runtime.tryRecordGoroutineProfile",
	}
	idles, called := 0, 0
	for i := range m.functions {
		name := names[i+m.imported]
		if idle.MatchString(name) {
			idles++
			continue
		}
		list, err := m.functions[i].nodes()
		if err != nil {
			t.Fatal(err)
		}
		var calls []string
		for _, n := range list {
			if n.op == opCall {
				calls = append(calls, names[n.number()])
			}
		}
		if !slices.ContainsFunc(calls, idle.MatchString) {
			continue
		}
		called++
		if !slices.Contains(calls, "runtime.traceLocker.ok") && !slices.Contains(read, name) {
			at := slices.IndexFunc(calls, idle.MatchString)
			t.Errorf("%s calls %s, and asks no flag that is known", name, calls[at])
		}
	}
	if idles < 100 || called < 30 {
		t.Errorf("%d idle functions, called by %d others: expected more", idles, called)
	}
}
