package kernels

import "fmt"

// eachWay runs a test as a processor without AVX2 runs it, and with AVX2 where there is one.
func eachWay(test func(way string)) {
	defer func(was bool) { SIMD = was }(SIMD)
	for _, SIMD = range []bool{false, SIMD} {
		test(fmt.Sprintf("SIMD=%v", SIMD))
	}
}
