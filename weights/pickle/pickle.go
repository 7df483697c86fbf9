package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxSteps bounds the memory of what is read: a value takes up to a hundred bytes. CIFAR-10's
// batches need 60,000 steps and a state_dict of a thousand tensors as many.
const maxSteps = 1 << 22

// Decode reads the first pickle in b, of any protocol, and returns what follows it.
func Decode(b []byte) (v any, rest []byte, err error) {
	m := &machine{b: b, all: len(b), memo: map[int]any{}}
	for range maxSteps {
		done, err := m.step()
		if err != nil {
			return nil, nil, fmt.Errorf("byte %d of the pickle: %v", m.all-len(m.b), err)
		}
		if done {
			return m.stack[len(m.stack)-1], m.b, nil
		}
	}
	return nil, nil, fmt.Errorf("the pickle has more than %d steps", maxSteps)
}

type machine struct {
	b     []byte
	all   int
	stack []any
	memo  map[int]any
}

// mark stands on the stack where a list of arguments begins.
type mark struct{}

var errShort = fmt.Errorf("it ends too early")

func (m *machine) take(n int) ([]byte, error) {
	if n < 0 || n > len(m.b) {
		return nil, errShort
	}
	v := m.b[:n:n]
	m.b = m.b[n:]
	return v, nil
}

// number reads a length or an index of n bytes, little endian.
func (m *machine) number(n int) (int, error) {
	v, err := m.take(n)
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], v)
	u := binary.LittleEndian.Uint64(wide[:])
	if u > math.MaxInt32 { // nothing in a pickle of some hundred megabytes is longer
		return 0, fmt.Errorf("a length or index of %d", u)
	}
	return int(u), nil
}

// sized reads that many bytes behind a length of n bytes.
func (m *machine) sized(n int) ([]byte, error) {
	length, err := m.number(n)
	if err != nil {
		return nil, err
	}
	return m.take(length)
}

func (m *machine) line() (string, error) {
	i := bytes.IndexByte(m.b[:min(len(m.b), 1<<16)], '\n')
	if i < 0 {
		return "", errShort
	}
	v, _ := m.take(i + 1)
	return strings.TrimSuffix(string(v[:i]), "\r"), nil
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

func (m *machine) pop() (any, error) {
	if len(m.stack) == 0 {
		return nil, fmt.Errorf("it takes a value where none is left")
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if _, ok := v.(mark); ok {
		return nil, fmt.Errorf("it takes a value where a mark stands")
	}
	return v, nil
}

// top takes n values and returns them in the order in which they were pushed.
func (m *machine) top(n int) (Tuple, error) {
	out := make(Tuple, n)
	for i := n - 1; i >= 0; i-- {
		var err error
		if out[i], err = m.pop(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// marked takes the values behind the last mark, and the mark.
func (m *machine) marked() (Tuple, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(mark); ok {
			out := append(Tuple{}, m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return out, nil
		}
	}
	return nil, fmt.Errorf("it goes back to a mark where none is")
}

func (m *machine) step() (done bool, err error) {
	op, err := m.take(1)
	if err != nil {
		return false, err
	}
	if op[0] == '.' {
		_, err := m.pop()
		if err != nil {
			return false, err
		}
		m.stack = m.stack[:len(m.stack)+1]
		return true, nil
	}
	if done, err := m.literal(op[0]); done || err != nil {
		return false, err
	}
	return false, m.build(op[0])
}

// literal handles the opcodes that push one value that stands in the pickle.
func (m *machine) literal(op byte) (done bool, err error) {
	var v any
	var b []byte
	var n int
	text := false
	switch op {
	case 'N':
	case 0x88:
		v = true
	case 0x89:
		v = false
	case ']', 0x8f:
		v = &List{}
	case ')':
		v = Tuple{}
	case '}':
		v = &Dict{}
	case '(':
		v = mark{}
	case 'K', 'M':
		n, err = m.number(map[byte]int{'K': 1, 'M': 2}[op])
		v = int64(n)
	case 'J':
		if b, err = m.take(4); err == nil {
			v = int64(int32(binary.LittleEndian.Uint32(b)))
		}
	case 'G':
		if b, err = m.take(8); err == nil {
			v = math.Float64frombits(binary.BigEndian.Uint64(b))
		}
	case 0x8a, 0x8b:
		if b, err = m.sized(map[byte]int{0x8a: 1, 0x8b: 4}[op]); err == nil {
			v = whole(b)
		}
	case 'I', 'L', 'F', 'S', 'V':
		v, err = m.written(op)
	case 'U', 'C':
		v, err = m.sized(1)
	case 'T', 'B':
		v, err = m.sized(4)
	case 0x8e, 0x96:
		v, err = m.sized(8)
	case 0x8c:
		b, err = m.sized(1)
		text = true
	case 'X':
		b, err = m.sized(4)
		text = true
	case 0x8d:
		b, err = m.sized(8)
		text = true
	default:
		return false, nil
	}
	if text {
		v = string(b)
	}
	if err == nil {
		m.push(v)
	}
	return true, err
}

// whole is a two's complement number.
func whole(b []byte) any {
	if len(b) > 8 {
		return Big(b)
	}
	var wide [8]byte
	if len(b) > 0 && b[len(b)-1]&0x80 != 0 {
		wide = [8]byte{255, 255, 255, 255, 255, 255, 255, 255}
	}
	copy(wide[:], b)
	return int64(binary.LittleEndian.Uint64(wide[:]))
}

// written reads the values that protocol 0 writes as lines.
func (m *machine) written(op byte) (any, error) {
	s, err := m.line()
	if err != nil {
		return nil, err
	}
	switch op {
	case 'F':
		return strconv.ParseFloat(s, 64)
	case 'V':
		return s, nil
	case 'S':
		s = strings.ReplaceAll(strings.Trim(s, `'"`), `\'`, `'`)
		if u, err := strconv.Unquote(`"` + s + `"`); err == nil {
			return []byte(u), nil
		}
		return []byte(s), nil
	}
	switch {
	case op == 'I' && s == "00":
		return false, nil
	case op == 'I' && s == "01":
		return true, nil
	}
	return strconv.ParseInt(strings.TrimSuffix(s, "L"), 10, 64)
}
