package dataset

import (
	"bytes"
	"strconv"
	"strings"
)

const block = 512 // bytes of a tar's header, and what its files are padded to

// tarWindow is how much of a tar is read at once: headers of small files lie close together.
const tarWindow = 256 << 10

// Tar lists the files of a tar archive of that size; read gives n bytes from at on. Folders, links
// and hidden files are passed over.
func Tar(file string, size int, read func(at, n int) ([]byte, error)) (list []Entry, skipped []Skip, err error) {
	broken := &Fault{Kind: BrokenTar, Name: file}
	var window []byte
	from := 0
	get := func(at, n int) ([]byte, error) {
		if at < 0 || n < 0 || at > size-n {
			return nil, broken
		}
		if at < from || at+n > from+len(window) {
			b, err := read(at, min(max(n, tarWindow), size-at))
			if err != nil {
				return nil, err
			}
			if window, from = b, at; len(b) < n {
				return nil, broken
			}
		}
		return window[at-from:][:n], nil
	}
	longName := ""
	for at, headers := 0, 0; at+block <= size; headers++ {
		h, err := get(at, block)
		if err != nil {
			return nil, nil, err
		}
		if h[0] == 0 { // two empty blocks are the end
			return list, skipped, nil
		}
		n, ok := tarNumber(h[124:136])
		if sum, fine := tarNumber(h[148:156]); !ok || !fine || sum != tarSum(h) || n > size-at-block {
			return nil, nil, broken
		}
		if headers == 4*MaxFiles {
			return nil, nil, &Fault{TooMany, file, MaxFiles + 1, MaxFiles}
		}
		name := text(h[:100])
		if bytes.HasPrefix(h[257:], []byte("ustar")) && h[345] != 0 {
			name = text(h[345:500]) + "/" + name
		}
		kind := h[156]
		switch kind {
		case 'L', 'x': // a long name: GNU's way and POSIX's
			if n > 1<<20 {
				return nil, nil, broken
			}
			b, err := get(at+block, n)
			if err != nil {
				return nil, nil, err
			}
			if kind == 'L' {
				longName = text(b)
			} else if path := paxPath(b); path != "" {
				longName = path
			}
		default:
			if longName != "" {
				name = longName
			}
			longName = ""
			name = strings.TrimPrefix(name, "./")
			switch {
			case kind != '0' && kind != 0 || hidden(name) || strings.HasSuffix(name, "/"):
			case leaves(name):
				skipped = append(skipped, Skip{name, Outside, 0})
			case Oversized(name, n):
				skipped = append(skipped, Skip{name, LargeFile, n})
			case len(list) == MaxFiles:
				return nil, nil, &Fault{TooMany, file, MaxFiles + 1, MaxFiles}
			default:
				list = append(list, Entry{Name: strings.ToValidUTF8(name, "\ufffd"), Packed: n, Size: n, At: at + block, Bare: true})
			}
		}
		at += block + (n+block-1)/block*block
	}
	if len(list) == 0 {
		return nil, nil, broken
	}
	return list, skipped, nil
}

// IsTar tells whether a file begins as a tar archive does, of which b holds the first block.
func IsTar(b []byte) bool {
	if len(b) < block || b[0] == 0 {
		return false
	}
	sum, ok := tarNumber(b[148:156])
	return ok && sum == tarSum(b[:block])
}

// tarSum adds a header's bytes, with spaces in the sum's own place.
func tarSum(h []byte) (sum int) {
	for i, b := range h {
		if i >= 148 && i < 156 {
			b = ' '
		}
		sum += int(b)
	}
	return sum
}

// tarNumber reads an octal number, or a large one in base 256.
func tarNumber(b []byte) (int, bool) {
	if b[0] == 0x80 {
		n := 0
		for _, v := range b[len(b)-7:] {
			n = n<<8 | int(v)
		}
		return n, true
	}
	n, err := strconv.ParseUint(strings.Trim(text(b), " "), 8, 40)
	return int(n), err == nil
}

// text is what stands before the first zero.
func text(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}

// paxPath finds path in a list of "LENGTH KEY=VALUE" lines.
func paxPath(b []byte) string {
	for len(b) > 0 {
		digits, _, _ := bytes.Cut(b, []byte(" "))
		n, err := strconv.Atoi(string(digits))
		if err != nil || n <= len(digits) || n > len(b) {
			return ""
		}
		if path, ok := strings.CutPrefix(string(b[len(digits)+1:n]), "path="); ok {
			return strings.TrimSuffix(path, "\n")
		}
		b = b[n:]
	}
	return ""
}
