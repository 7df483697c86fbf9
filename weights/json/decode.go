package json

import (
	"fmt"
	"reflect"
	"strconv"
)

// maxDepth bounds how deep values may lie in each other.
const maxDepth = 1000

// Unmarshal reads the one JSON value in b into what v points to. Fields that v lacks are passed
// over, and null leaves a value that cannot be nil as it is. Errors name the place in b; v may then
// be half filled.
func Unmarshal(b []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("json: cannot read into a %T, expected a pointer", v)
	}
	p := parser{b: b}
	if err := p.value(target.Elem(), 0); err != nil {
		return err
	}
	return p.end()
}

// Member is one member of an object.
type Member struct {
	Name  string
	Value RawMessage
}

// Members reads the one JSON object in b, in its order; a name may stand there twice.
func Members(b []byte) ([]Member, error) {
	p := parser{b: b}
	var list []Member
	if p.peek() != '{' {
		return nil, p.expected("a JSON object")
	}
	err := p.object(func(name string) error {
		p.peek()
		from := p.i
		err := p.skip(1)
		list = append(list, Member{name, b[from:p.i:p.i]})
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, p.end()
}

// parser reads b from i on.
type parser struct {
	b []byte
	i int
}

// peek passes white space over and returns the byte behind it, 0 at the end.
func (p *parser) peek() byte {
	for ; p.i < len(p.b); p.i++ {
		switch c := p.b[p.i]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (p *parser) end() error {
	if p.peek(); p.i < len(p.b) {
		return p.expected("nothing more")
	}
	return nil
}

func (p *parser) expected(what string) error {
	if p.i >= len(p.b) {
		return fmt.Errorf("the JSON ends at byte %d, expected %s", p.i, what)
	}
	return fmt.Errorf("the JSON has %q at byte %d, expected %s", p.b[p.i], p.i, what)
}

// value reads a value into v.
func (p *parser) value(v reflect.Value, depth int) error {
	c := p.peek()
	if v.Type() == rawType {
		from := p.i
		if err := p.skip(depth); err != nil {
			return err
		}
		v.SetBytes(append([]byte(nil), p.b[from:p.i]...))
		return nil
	}
	if c == 'n' {
		if err := p.word("null"); err != nil {
			return err
		}
		switch v.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			v.SetZero()
		}
		return nil
	}
	if depth++; depth > maxDepth {
		return p.expected(fmt.Sprintf("values that lie at most %d deep", maxDepth))
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return p.value(v.Elem(), depth)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			x, err := p.any(depth)
			if err == nil {
				v.Set(reflect.ValueOf(x))
			}
			return err
		}
	case reflect.Bool:
		if c != 't' && c != 'f' {
			return p.expected("true or false")
		}
		v.SetBool(c == 't')
		return p.word(pick(c == 't', "true", "false"))
	case reflect.String:
		s, err := p.text()
		v.SetString(s)
		return err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return p.number(func(s string) error {
			n, err := strconv.ParseInt(s, 10, v.Type().Bits())
			v.SetInt(n)
			return err
		})
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return p.number(func(s string) error {
			n, err := strconv.ParseUint(s, 10, v.Type().Bits())
			v.SetUint(n)
			return err
		})
	case reflect.Float32, reflect.Float64:
		return p.number(func(s string) error {
			f, err := strconv.ParseFloat(s, v.Type().Bits())
			v.SetFloat(f)
			return err
		})
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return p.slice(v, depth)
		}
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			return p.mapping(v, depth)
		}
	case reflect.Struct:
		return p.structure(v, depth)
	}
	return fmt.Errorf("json: cannot read a %s", v.Type())
}

func pick(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

func (p *parser) slice(v reflect.Value, depth int) error {
	if p.peek() != '[' {
		return p.expected("a list")
	}
	if v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	v.SetLen(0)
	return p.list(func() error {
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		v.Index(n).SetZero()
		return p.value(v.Index(n), depth)
	})
}

func (p *parser) mapping(v reflect.Value, depth int) error {
	if p.peek() != '{' {
		return p.expected("an object")
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return p.object(func(name string) error {
		x := reflect.New(v.Type().Elem()).Elem()
		if err := p.value(x, depth); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), x)
		return nil
	})
}

func (p *parser) structure(v reflect.Value, depth int) error {
	if p.peek() != '{' {
		return p.expected("an object")
	}
	fields := fieldsOf(v.Type())
	return p.object(func(name string) error {
		for _, f := range fields {
			if f.name == name {
				if err := p.value(v.FieldByIndex(f.index), depth); err != nil {
					return fmt.Errorf("%q: %w", name, err)
				}
				return nil
			}
		}
		return p.skip(depth)
	})
}

// any reads a value whose type its text tells.
func (p *parser) any(depth int) (x any, err error) {
	switch c := p.peek(); c {
	case 'n':
		return nil, p.word("null")
	case '{':
		m := map[string]any{}
		err = p.value(reflect.ValueOf(&m).Elem(), depth)
		return m, err
	case '[':
		s := []any{}
		err = p.value(reflect.ValueOf(&s).Elem(), depth)
		return s, err
	case '"':
		return p.text()
	case 't', 'f':
		return c == 't', p.word(pick(c == 't', "true", "false"))
	}
	var f float64
	err = p.value(reflect.ValueOf(&f).Elem(), depth)
	return f, err
}

// skip passes a value over.
func (p *parser) skip(depth int) error {
	if depth > maxDepth {
		return p.expected(fmt.Sprintf("values that lie at most %d deep", maxDepth))
	}
	switch c := p.peek(); c {
	case '{':
		return p.object(func(string) error { return p.skip(depth + 1) })
	case '[':
		return p.list(func() error { return p.skip(depth + 1) })
	case '"':
		_, err := p.text()
		return err
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	}
	return p.number(func(string) error { return nil })
}

// object reads an object; member reads the value of each.
func (p *parser) object(member func(name string) error) error {
	p.i++
	for first := true; ; first = false {
		c := p.peek()
		switch {
		case c == '}' && first:
			p.i++
			return nil
		case c != '"':
			return p.expected("a name in quotes")
		}
		name, err := p.text()
		if err != nil {
			return err
		}
		if p.peek() != ':' {
			return p.expected("a colon")
		}
		p.i++
		if err := member(name); err != nil {
			return err
		}
		switch p.peek() {
		case ',':
			p.i++
		case '}':
			p.i++
			return nil
		default:
			return p.expected("a comma or the object's end")
		}
	}
}

// list reads a list; element reads each value.
func (p *parser) list(element func() error) error {
	p.i++
	if p.peek() == ']' {
		p.i++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		switch p.peek() {
		case ',':
			p.i++
		case ']':
			p.i++
			return nil
		default:
			return p.expected("a comma or the list's end")
		}
	}
}
