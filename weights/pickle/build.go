package pickle

import (
	"fmt"
	"strconv"
	"strings"
)

// build handles the opcodes that make a value of others, or keep one.
func (m *machine) build(op byte) error {
	switch op {
	case 0x80: // protocol
		_, err := m.take(1)
		return err
	case 0x95: // frame
		_, err := m.take(8)
		return err
	case '0':
		if n := len(m.stack); n > 0 {
			m.stack = m.stack[:n-1]
		}
		return nil
	case '1':
		_, err := m.marked()
		return err
	case '2':
		v, err := m.pop()
		m.push(v)
		m.push(v)
		return err
	case 'p', 'q', 'r', 'g', 'h', 'j', 0x94:
		return m.remember(op)
	case 'c', 0x93, 'P', 'Q':
		return m.name(op)
	case 'R', 0x81, 0x92, 'i', 'o', 'b':
		return m.instance(op)
	case 't', 'l', 'd', 0x91:
		items, err := m.marked()
		switch op {
		case 't':
			m.push(items)
		case 'd':
			d := &Dict{}
			for i := 0; i+1 < len(items); i += 2 {
				d.set(items[i], items[i+1])
			}
			m.push(d)
		default:
			m.push(&List{items})
		}
		return err
	case 0x85, 0x86, 0x87:
		items, err := m.top(int(op - 0x84))
		m.push(items)
		return err
	case 'a', 's':
		items, err := m.top(map[byte]int{'a': 1, 's': 2}[op])
		if err != nil {
			return err
		}
		return m.fill(items, op == 's')
	case 'e', 'u', 0x90:
		items, err := m.marked()
		if err != nil {
			return err
		}
		return m.fill(items, op == 'u')
	}
	return fmt.Errorf("opcode %#02x, expected one of protocols 0 to 5", op)
}

// fill appends to the list on top of the stack, or sets pairs of the dictionary there.
func (m *machine) fill(items Tuple, pairs bool) error {
	if len(m.stack) == 0 {
		return fmt.Errorf("it fills a container where none is")
	}
	switch to := m.stack[len(m.stack)-1].(type) {
	case *List:
		if !pairs {
			to.Items = append(to.Items, items...)
			return nil
		}
	case *Dict:
		if pairs && len(items)%2 == 0 {
			for i := 0; i < len(items); i += 2 {
				to.set(items[i], items[i+1])
			}
			return nil
		}
	case *Object:
		to.Items = append(to.Items, items...)
		return nil
	}
	return fmt.Errorf("it fills what is no container of that kind")
}

func (m *machine) remember(op byte) (err error) {
	n, wide := 0, map[byte]int{'q': 1, 'r': 4, 'h': 1, 'j': 4}[op]
	switch op {
	case 'p', 'g':
		s, err := m.line()
		if err != nil {
			return err
		}
		if n, err = strconv.Atoi(strings.TrimSpace(s)); err != nil {
			return err
		}
	case 0x94:
		n = len(m.memo)
	default:
		if n, err = m.number(wide); err != nil {
			return err
		}
	}
	switch op {
	case 'g', 'h', 'j':
		v, ok := m.memo[n]
		if !ok {
			return fmt.Errorf("it asks for value %d, which it did not keep", n)
		}
		m.push(v)
	default:
		v, err := m.pop()
		if err != nil {
			return err
		}
		m.push(v)
		m.memo[n] = v
	}
	return nil
}

func (m *machine) name(op byte) error {
	switch op {
	case 'c':
		module, err := m.line()
		if err != nil {
			return err
		}
		name, err := m.line()
		if err != nil {
			return err
		}
		m.push(Global{module, name})
	case 0x93:
		parts, err := m.top(2)
		if err != nil {
			return err
		}
		module, ok1 := Text(parts[0])
		name, ok2 := Text(parts[1])
		if !ok1 || !ok2 {
			return fmt.Errorf("a class whose name is no text")
		}
		m.push(Global{module, name})
	case 'P':
		id, err := m.line()
		if err != nil {
			return err
		}
		m.push(Persistent{id})
	case 'Q':
		id, err := m.pop()
		if err != nil {
			return err
		}
		m.push(Persistent{id})
	}
	return nil
}

func (m *machine) instance(op byte) error {
	switch op {
	case 'R', 0x81:
		parts, err := m.top(2)
		if err != nil {
			return err
		}
		args, ok := parts[1].(Tuple)
		if !ok {
			return fmt.Errorf("a call whose arguments are no tuple")
		}
		m.push(call(parts[0], args))
	case 0x92: // with arguments by name, which plain data has not
		parts, err := m.top(3)
		if err != nil {
			return err
		}
		args, _ := parts[1].(Tuple)
		m.push(&Object{Class: parts[0], Args: args})
	case 'i':
		if err := m.name('c'); err != nil {
			return err
		}
		class, err := m.pop()
		if err != nil {
			return err
		}
		args, err := m.marked()
		if err != nil {
			return err
		}
		m.push(call(class, args))
	case 'o':
		args, err := m.marked()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return fmt.Errorf("an instance without a class")
		}
		m.push(call(args[0], args[1:]))
	case 'b':
		parts, err := m.top(2)
		if err != nil {
			return err
		}
		if o, ok := parts[0].(*Object); ok {
			o.State = parts[1]
		} // a state_dict is a dictionary with _metadata set on it, which says nothing about numbers
		m.push(parts[0])
	}
	return nil
}
