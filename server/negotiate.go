package main

import (
	"strconv"
	"strings"
)

// unlisted is the weight of the plain representation where the header does not
// speak of it: allowed, but behind whatever was asked for (RFC 9110, 12.5.3).
const unlisted = 1e-6

// negotiate picks the representation that the Accept-Encoding header values
// weigh highest, the smaller one among equals, or nil where they rule out all.
// Without the header only the plain one (reps[0]) is sent: a client that says
// nothing may be unable to decode.
func negotiate(reps []representation, accept []string) *representation {
	weights := acceptEncoding(accept)
	var best *representation
	var bestQ float64
	for i := range reps {
		rep := &reps[i]
		q := weight(weights, rep.coding)
		if q > bestQ || q > 0 && q == bestQ && len(rep.body) < len(best.body) {
			best, bestQ = rep, q
		}
	}
	return best
}

// weight looks coding up; "*" stands for the codings that are not listed.
func weight(weights map[string]float64, coding string) float64 {
	if q, ok := weights[coding]; ok {
		return q
	}
	star, ok := weights["*"]
	if coding == "identity" && (!ok || star > 0) {
		return unlisted
	}
	return star
}

// acceptEncoding reads the header's values into weights by coding in lower
// case. An element that is not well formed is passed over, as though it had not
// been sent; the first mention of a coding counts.
func acceptEncoding(values []string) map[string]float64 {
	weights := map[string]float64{}
	for element := range strings.SplitSeq(strings.Join(values, ","), ",") {
		coding, params, weighted := strings.Cut(element, ";")
		coding = strings.ToLower(strings.Trim(coding, " \t"))
		q := 1.0
		if weighted {
			var ok bool
			if q, ok = qvalue(strings.Trim(params, " \t")); !ok {
				continue
			}
		}
		if coding == "x-gzip" { // an alias to be read as gzip (RFC 9110, 8.4.1.3)
			coding = "gzip"
		}
		if _, known := weights[coding]; coding != "" && !known {
			weights[coding] = q
		}
	}
	return weights
}

// qvalue reads "q=0.5": 0 to 1 with at most three decimals.
func qvalue(s string) (float64, bool) {
	name, digits, ok := strings.Cut(s, "=")
	if !ok || !strings.EqualFold(name, "q") || digits == "" || len(digits) > len("0.000") ||
		strings.Trim(digits, "0123456789.") != "" {
		return 0, false
	}
	q, err := strconv.ParseFloat(digits, 64)
	return q, err == nil && q <= 1
}
