package worker

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Networks that were loaded before are let go, with their sessions, their strips and what was made
// of them: loading all of them again and again takes no more memory.
func TestNetworksAreLetGo(t *testing.T) {
	files, err := filepath.Glob("../../weights/models/*.safetensors")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	n := &network{}
	round := func() (heap uint64) {
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := n.load(filepath.Base(file), "", b); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.GC() // finalizers
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(n)
		return m.HeapAlloc
	}
	before := round()
	for range 3 {
		round()
	}
	if after := round(); after > before+before/10 {
		t.Errorf("after one round %d KB are held, after five %d KB", before/1024, after/1024)
	} else {
		t.Logf("%d KB after one round, %d KB after five", before/1024, after/1024)
	}
}
