package kernels

import "fmt"

// eachWay runs a test without and with tiles of six pixels.
func eachWay(test func(way string)) {
	defer func(was bool) { wide = was }(wide)
	for _, wide = range []bool{false, true} {
		test(fmt.Sprintf("wide=%v", wide))
	}
}
