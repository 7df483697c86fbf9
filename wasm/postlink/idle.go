package postlink

import "regexp"

// idle are the functions of Go's runtime that only an execution trace, runtime/metrics, a profile
// or a GODEBUG variable runs. A browser sets no variable, and nothing in this project asks for the
// others; the runtime calls them behind a test of a flag that is never set. TestIdleFunctions holds
// that to be so.
var idle = regexp.MustCompile(`^internal_bisect\.(New|Hash|print|append|AppendMarker|PrintMarker|fnv|__Matcher_|__dedup_)|^runtime\.(` +
	`traceLocker\.([A-Z]|emit|eventW|rawE|rtype|stack|startPC|string|writer)|` +
	`trace(Writer|EventWriter)\.|__trace(Buf|Map|StackTable|TypeTable|StringTable|RegionAlloc)_\.|` +
	`trace(Advance|ReadCPU|StopReadCPU|Stack|SyncBatch|RegisterLabelsAndReasons|BufFlush|Reader|CPUFlush)(\.|$)|` +
	`makeTraceFrames?$|dump(Stacks|Types)Rec$|` +
	`initMetrics(\.|$)|metricReader\.|timeHistogramMetricsBuckets$|` +
	`schedtrace(\.|$)|checkFinalizersAndCleanups(\.|$)|dumpScanStats$|printScavTrace$|` +
	`print(Ancestor|OneCgo)Traceback|` +
	`__profBuf_\.|doRecordGoroutineProfile(\.|$))`)

// stop leaves nothing of the idle functions but their places: one that runs nevertheless ends the
// program.
func (m *module) stop(names map[int]string) {
	for i := range m.functions {
		if idle.MatchString(names[i+m.imported]) {
			m.functions[i].locals, m.functions[i].code = []byte{0}, assemble([]node{of(opUnreachable), of(opEnd)})
		}
	}
}
