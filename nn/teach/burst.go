package teach

import (
	"fmt"
	"strings"
)

// recording begins the names of pictures that were recorded one after the other:
// recording-3-0012.jpg is a frame of recording 3.
const recording = "recording-"

// Burst is what the names of all pictures of one recording have in common, by their paths; other
// pictures are bursts of their own.
func Burst(path string) string {
	at := strings.LastIndexByte(path, '/') + 1
	if strings.HasPrefix(path[at:], recording) {
		if end := strings.LastIndexByte(path, '-'); end > at+len(recording) {
			return path[:end]
		}
	}
	return path
}

// FrameName is the name of a frame of a recording: see Burst.
func FrameName(burst, frame int, extension string) string {
	return fmt.Sprintf("%s%d-%04d%s", recording, burst, frame, extension)
}
