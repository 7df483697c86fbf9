// Command program does what a program's tables of functions are for: it grows stacks, collects garbage, recovers, and names its callers.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

type list struct {
	next  *list
	bytes [100]byte
}

// deep needs a stack that is copied as it grows, with pointers into the heap on every level.
func deep(n int, above *list) int {
	here := &list{next: above}
	here.bytes[n%100] = byte(n)
	if n == 0 {
		runtime.GC()
		sum := 0
		for l := here; l != nil; l = l.next {
			for _, b := range l.bytes {
				sum += int(b)
			}
		}
		return sum
	}
	return deep(n-1, here)
}

func answer(err *error) { *err = errors.Join(*err, fmt.Errorf("recovered: %v", recover())) }

func inlined(p *int) (err error) {
	defer func() { answer(&err) }() // two functions below the panic: recover() has nothing to give
	defer answer(&err)
	return fmt.Errorf("not reached: %d", *p)
}

func main() {
	fmt.Println(deep(5000, nil))
	fmt.Println(inlined(nil))
	done := make(chan string)
	for i := range 4 {
		go func() { done <- fmt.Sprint(deep(500+i, nil)) }()
	}
	for range 4 {
		<-done
	}
	var pcs [8]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	f, _ := frames.Next()
	fmt.Println(f.Function, f.Line > 0, strings.HasSuffix(f.File, ".go"))
	var none map[string]int
	none["end"] = 1
}
