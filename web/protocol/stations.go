package protocol

// What a station of the strip is.
const (
	StationPicture = "picture" // the network's input
	StationMaps    = "maps"    // feature maps that no gate scales
	StationBlock   = "block"   // feature maps and the gates that scale them
	StationMean    = "mean"    // one number a channel, or what else stands in front of the last layer
	StationAnswer  = "answer"
)

// TilesEach is how many small pictures a station has at most.
const TilesEach = 4

// Station is a stop on the way of a picture through the network.
type Station struct {
	Kind  string `json:"kind"`
	Layer string `json:"layer"` // of Model.Layers, where feature maps are shown; a block's own name
	Block int    `json:"block"` // of Result.Gates, -1 for none
	H     int    `json:"h"`
	W     int    `json:"w"`
	N     int    `json:"n"` // channels, or numbers
	Tiles int    `json:"tiles"`
}

// Strip is what the strip of stations shows of a frame: average milliseconds by station, and the
// atlas of their small pictures, station after station, whose pixels come in a buffer of their own.
type Strip struct {
	N     int       `json:"n"` // stations
	Ms    []float32 `json:"-"`
	Atlas Atlas     `json:"atlas"`
}
