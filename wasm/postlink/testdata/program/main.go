// Command program does what a program's tables of functions are for: it grows stacks, collects
// garbage, recovers, and names its callers.
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

type shape interface{ area() float64 }
type square struct{ side float64 }
type box struct{ *square }

func (s square) area() float64 { return s.side * s.side }

// faults panics in every way that the compiler or the runtime brings about, behind calls and jumps.
func faults(which int, n int, list []int, m map[string]shape, b *box) (text string) {
	defer func() {
		runtime.GC() // with this frame's values still on the stack
		text = fmt.Sprint(text, which, ": ", recover(), len(list), len(m))
	}()
	for i := range n {
		if i%2 == 0 && i > 2 {
			continue
		}
		text += fmt.Sprint(i, " ")
	}
	switch which {
	case 0:
		text += fmt.Sprint(list[n])
	case 1:
		text += fmt.Sprint(list[n:1])
	case 2:
		text += fmt.Sprint(n / (n - 5))
	case 3:
		text += fmt.Sprint(m["none"].area())
	case 4:
		text += fmt.Sprint(b.side)
	case 5:
		text += fmt.Sprint(m["one"].(box))
	case 6:
		panic(errors.New("of our own"))
	case 7:
		var none *box
		text += fmt.Sprint(none.square)
	case 8:
		var none func(int) int
		text += fmt.Sprint(none(n))
	case 9:
		text += fmt.Sprint(deep(200, nil), m["one"].area(), b.area())
	case 10:
		runtime.Goexit()
	}
	return text + "not reached "
}

// pump sends what it gets through goroutines that wait for one another, all of them on few stacks.
func pump(n int) (sum int) {
	in := make(chan int)
	out := in
	for k := range n {
		next := make(chan int)
		go func(from <-chan int, to chan<- int) {
			for v := range from {
				select {
				case to <- v + deep(k, nil)%2:
				}
			}
			close(to)
		}(out, next)
		out = next
	}
	go func() {
		defer close(in)
		for i := range 50 {
			in <- i
			if i%10 == 0 {
				runtime.Gosched()
			}
		}
	}()
	for v := range out {
		sum += v
	}
	return sum
}

func main() {
	fmt.Println(deep(5000, nil))
	for which := range 10 {
		fmt.Println(faults(which, 5, []int{1, 2, 3}, map[string]shape{"one": square{3}}, &box{&square{2}}))
	}
	fmt.Println(faults(4, 5, nil, nil, &box{}))
	ended := make(chan string)
	go func() {
		defer func() { ended <- "ended" }()
		faults(10, 1, nil, nil, nil)
	}()
	fmt.Println(<-ended, pump(20))
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
