package json

import (
	std "encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

type inner struct {
	A int    `json:"a"`
	B string `json:"b,omitempty"`
}

type everything struct {
	inner
	Plain   string
	Name    string             `json:"name"`
	Flag    bool               `json:"flag,omitempty"`
	Small   int8               `json:"small"`
	Count   uint16             `json:"count,omitempty"`
	F32     float32            `json:"f32"`
	F64     float64            `json:"f64,omitempty"`
	List    []float32          `json:"list"`
	Lists   [][]int            `json:"lists,omitempty"`
	Words   map[string]string  `json:"words"`
	Inners  map[string]*inner  `json:"inners,omitempty"`
	Pointer *inner             `json:"pointer,omitempty"`
	Structs []inner            `json:"structs,omitempty"`
	Raw     RawMessage         `json:"raw,omitempty"`
	Any     any                `json:"any"`
	Hidden  int                `json:"-"`
	Scale   map[string]float64 `json:"scale,omitempty"`
}

// sameText writes v with both.
func sameText(t *testing.T, v any) {
	t.Helper()
	want, wantErr := std.Marshal(v)
	got, err := Marshal(v)
	if (err == nil) != (wantErr == nil) || err == nil && string(got) != string(want) {
		t.Errorf("%+v is written as\n%s (%v), encoding/json writes\n%s (%v)", v, got, err, want, wantErr)
	}
}

func TestMarshalAgainstEncodingJSON(t *testing.T) {
	sameText(t, everything{})
	sameText(t, everything{
		inner: inner{3, "b"}, Plain: "p", Name: "é <&> \u2028\u2029 \" \\ / \x01\x7f\t\n\r\b\f \xff\xc0 \U0001f600", Flag: true, Small: -128, Count: 65535,
		F32: 1e-7, F64: math.MaxFloat64, List: []float32{0, -0.5, 1e21, 3.4e38, 1e-45, 1e-6, 123456789}, Lists: [][]int{nil, {}, {1, -2}},
		Words: map[string]string{"z": "1", "a": "2", "": "3", "ü": "4"}, Inners: map[string]*inner{"nil": nil, "one": {A: 1}}, Pointer: &inner{},
		Structs: []inner{{}, {1, "x"}}, Any: []any{nil, true, "s", 1.5, map[string]any{"k": []any{}}}, Hidden: 7,
	})
	for _, v := range []any{nil, true, "", 0, int64(math.MinInt64), uint64(math.MaxUint64), 1e20, 1e21, 1e-6, 1e-7, -1e-300, float32(1e20), float32(1e-7), math.NaN(), float32(math.Inf(1)),
		[]string(nil), []string{}, map[string]int(nil), (*inner)(nil), map[string]any{"x": math.Inf(-1)}, func() {}, make(chan int)} {
		sameText(t, v)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		sameText(t, math.Float64frombits(r.Uint64()))
		sameText(t, math.Float32frombits(r.Uint32()))
	}
	if b, err := Marshal(RawMessage(`{"a" : 1}`)); err != nil || string(b) != `{"a" : 1}` {
		t.Errorf("a raw message is written as %s, %v", b, err)
	}
	if b, err := Marshal([]byte("x")); err == nil {
		t.Errorf("bytes are written as %s, expected an error", b)
	}
}

// texts are read by both into the same types, and by fuzzing into many more.
var texts = []string{
	`{"a":1,"b":"x","Plain":"p","name":"n\u00e9\ud83d\ude00\ud800x\ud800\u0041\"\\\/\b\f\n\r\t","flag":true,"small":-128,"count":65535,"f32":1.5e3,"f64":-0.0,"list":[1,2.5,-3e-2],"lists":[[],[1],null],"words":{"k":"v"},"inners":{"i":{"a":2},"n":null},"pointer":{"a":3},"structs":[{"a":1},{"b":"y"}],"any":{"x":[1,"s",null,true,false,{}]},"unknown":{"deep":[[[{"a":"]}"}]]]},"scale":{"a":1e-3}}`,
	`null`, `{}`, ` { "a" : 1 } `, `{"any":1}`, `{"any":null}`, `{"pointer":null,"list":null,"words":null,"small":null,"name":null,"flag":null}`, `{"a":1,"a":2}`,
	`[]`, `1`, `"s"`, `true`, ``, ` `, `{`, `}`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `{"a":1}x`, `{"a":1} {}`,
	`{"small":128}`, `{"small":1.0}`, `{"small":1e0}`, `{"small":"1"}`, `{"count":-1}`, `{"f32":1e39}`, `{"f64":1e999}`, `{"flag":1}`, `{"flag":tru}`, `{"name":1}`, `{"list":{}}`, `{"words":[]}`, `{"words":{"k":1}}`, `{"structs":[1]}`, `{"pointer":1}`,
	`{"f64":01}`, `{"f64":1.}`, `{"f64":.5}`, `{"f64":+1}`, `{"f64":-}`, `{"f64":1e}`, `{"f64":0x1}`, `{"f64":Infinity}`, `{"f64":-0}`, `{"list":[1,]}`, `{"list":[,1]}`, `{"list":[1 2]}`,
	"{\"name\":\"a\nb\"}", "{\"name\":\"\x00\"}", "{\"name\":\"\xff\xfe\"}", "{\"name\":\"\xed\xa0\x80\"}", `{"name":"\x"}`, `{"name":"\u12"}`, `{"name":"\u12g4"}`, `{"name":"\`, `{"name":"`, "\ufeff{}", "{\"unknown\":\"\xff\"}", `{"unknown":[}`, `{"unknown":nul}`, "{}\x00", "{\u00a0}",
	strings.Repeat("[", 100) + strings.Repeat("]", 100), `{"unknown":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
}

// sameValue reads text with both, into many types.
func sameValue(t *testing.T, text string) {
	t.Helper()
	for _, make := range []func() any{
		func() any { return new(everything) }, func() any { return new(any) }, func() any { return new([]any) }, func() any { return new(map[string]any) },
		func() any { return new(map[string]inner) }, func() any { return new(float64) }, func() any { return new(string) }, func() any { return new([]*inner) },
	} {
		want, got := make(), make()
		wantErr := std.Unmarshal([]byte(text), want)
		err := Unmarshal([]byte(text), got)
		if (err == nil) != (wantErr == nil) {
			if strings.ContainsAny(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZſK") && wantErr != nil { // a name in another case
				continue
			}
			t.Fatalf("%q into %T: error %v, encoding/json says %v", text, got, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, want) && !strings.ContainsAny(strings.ReplaceAll(text, `"Plain"`, ""), "ABCDEFGHIJKLMNOPQRSTUVWXYZſK") {
			t.Fatalf("%q is read as %+v, encoding/json reads %+v", text, reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem())
		}
	}
}

func TestUnmarshalAgainstEncodingJSON(t *testing.T) {
	for _, text := range texts {
		if !strings.Contains(text, "raw") {
			sameValue(t, text)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, `"raw"`) || strings.Contains(text, `\u00`) { // raw is read as is; escaped names may differ in case
			return
		}
		sameValue(t, text)
	})
}

// Raw messages, and members in their order, are the text itself.
func TestRaw(t *testing.T) {
	var e everything
	if err := Unmarshal([]byte(`{"raw": [1, {"a" : null}] , "a":1}`), &e); err != nil || string(e.Raw) != `[1, {"a" : null}]` || e.A != 1 {
		t.Errorf("raw is %s, a is %d, %v", e.Raw, e.A, err)
	}
	list, err := Members([]byte(` {"b": 1 , "a":[2], "b":"}"} `))
	if err != nil || len(list) != 3 || list[0].Name != "b" || string(list[0].Value) != "1" || string(list[1].Value) != "[2]" || string(list[2].Value) != `"}"` {
		t.Errorf("members %s, %v", list, err)
	}
	for _, bad := range []string{``, `[]`, `{`, `{"a":}`, `{"a":1}{`, `null`, `{"a":1,}`} {
		if _, err := Members([]byte(bad)); err == nil {
			t.Errorf("the members of %q were read", bad)
		}
	}
}

// Errors tell what, where, and what was expected.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"list":[1,"x"]}`:   `"list": the JSON has '"' at byte 11, expected a number`,
		`{"small":300}`:      `"small": the JSON has the number 300 at byte 9, which is not of the kind or size expected there`,
		`{"pointer":{"a":`:   `"pointer": "a": the JSON ends at byte 16, expected a number`,
		`{"name":"x"} trail`: `the JSON has 't' at byte 13, expected nothing more`,
	} {
		if err := Unmarshal([]byte(text), new(everything)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, expected %s", text, err, want)
		}
	}
	deep := strings.Repeat("[", 3000)
	for _, into := range []any{new(any), new(everything), new(RawMessage)} {
		if err := Unmarshal([]byte(deep), into); err == nil {
			t.Errorf("%T: 3000 lists in each other were read", into)
		}
	}
	if err := Unmarshal([]byte(`{"unknown":`+deep), new(everything)); err == nil || !strings.Contains(err.Error(), "deep") {
		t.Errorf("3000 lists in each other were passed over: %v", err)
	}
	for _, into := range []any{nil, everything{}, (*everything)(nil)} {
		if err := Unmarshal([]byte(`{}`), into); err == nil {
			t.Errorf("reading into %T was no error", into)
		}
	}
}
