// Package exactjson decodes JSON as phones and browsers do. The case of member names matters: unlike in encoding/json,
// "rpid" is not "rpId". A whole number can be written in any way: 600000, 600000.0 and 6e5 are the same. Errors say where in
// the document something is wrong, and name no Go types.
package exactjson

import (
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Error is the error for a document, or a member of one, that is not as expected.
type Error struct {
	Path string // of the member, such as "rp.id" or "apps[2]"; empty for the document itself
	Want string // what was expected, such as "text"; empty if Err says what is wrong
	Got  string // what it is, such as "a number"; empty if Want is enough
	Err  error  // the cause, may be nil
}

// Error returns the path, and what is wrong there.
func (e *Error) Error() string {
	path := e.Path
	if path == "" {
		path = "it"
	}
	switch {
	case e.Want == "":
		return path + ": " + e.Err.Error()
	case e.Err != nil:
		return fmt.Sprintf("%s is not %s: %v", path, e.Want, e.Err)
	case e.Got == "":
		return fmt.Sprintf("%s is not %s", path, e.Want)
	}
	return fmt.Sprintf("%s is %s, not %s", path, e.Got, e.Want)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Miscased is a member that was ignored because its name differs from a known one in case, if the document lacks the known
// one.
type Miscased struct {
	Path string // in the document: "target.Package_name"
	Want string // the known name: "target.package_name"
}

// Hint returns a clause that names such members, or "" if there are none.
func Hint(members []Miscased) string {
	if len(members) == 0 {
		return ""
	}
	var said []string
	for _, m := range members[:min(len(members), 5)] { // a file can have any number
		said = append(said, fmt.Sprintf("%q should be %q", m.Path, m.Want))
	}
	return strings.Join(said, ", ") + ", and upper and lower case count"
}

// Unmarshal decodes a document into the value that into points to. It differs from json.Unmarshal in names and numbers.
// Fields of structs need a json tag; others are ignored, including embedded ones. Of members with the same name, the last
// one counts. If something is wrong, it still decodes the rest, and fails with an *Error for the first mistake.
func Unmarshal(data []byte, into any) ([]Miscased, error) {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, &Error{Want: "JSON", Err: err}
	}
	var d decoder
	d.decode(raw, reflect.ValueOf(into).Elem(), "")
	slices.SortFunc(d.miscased, func(a, b Miscased) int { return cmp.Compare(a.Path, b.Path) })
	if d.err == nil { // not a nil *Error in an error
		return d.miscased, nil
	}
	return d.miscased, d.err
}

type decoder struct {
	miscased []Miscased
	err      *Error // the first
}

func (d *decoder) fail(e *Error) {
	if d.err == nil {
		d.err = e
	}
}

// decode reads valid JSON.
func (d *decoder) decode(raw json.RawMessage, into reflect.Value, path string) {
	switch target := into.Addr().Interface().(type) {
	case json.Unmarshaler:
		if err := target.UnmarshalJSON(raw); err != nil {
			d.fail(&Error{Path: path, Err: err})
		}
		return
	case encoding.TextUnmarshaler:
		var text *string
		if json.Unmarshal(raw, &text) != nil {
			d.unfit(raw, path, "text")
		} else if text != nil {
			if err := target.UnmarshalText([]byte(*text)); err != nil {
				d.fail(&Error{Path: path, Err: err})
			}
		}
		return
	}
	if string(raw) == "null" {
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(raw, into.Elem(), path)
	case reflect.Struct:
		d.object(raw, into, path)
	case reflect.Map:
		d.mapping(raw, into, path)
	case reflect.Slice:
		d.list(raw, into, path)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		bits := into.Type().Bits()
		if n, ok := whole(raw); ok && !into.OverflowInt(n) {
			into.SetInt(n)
		} else {
			d.unfit(raw, path, wholeNumber(int64(-1)<<(bits-1), int64(math.MaxInt64)>>(64-bits)))
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		if n, ok := whole(raw); ok && n >= 0 && !into.OverflowUint(uint64(n)) {
			into.SetUint(uint64(n))
		} else {
			d.unfit(raw, path, wholeNumber(0, int64(math.MaxUint32)>>(32-into.Type().Bits())))
		}
	case reflect.String:
		d.plain(raw, into, path, "text")
	case reflect.Bool:
		d.plain(raw, into, path, "true or false")
	default:
		d.plain(raw, into, path, "a number") // floating-point numbers; encoding/json knows the rest
	}
}

func (d *decoder) plain(raw json.RawMessage, into reflect.Value, path, want string) {
	if json.Unmarshal(raw, into.Addr().Interface()) != nil {
		d.unfit(raw, path, want)
	}
}

func (d *decoder) object(raw json.RawMessage, into reflect.Value, path string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		d.unfit(raw, path, "an object")
		return
	}
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		if value, ok := members[name]; ok {
			d.decode(value, into.Field(i), join(path, name))
			continue
		}
		for written := range members {
			if strings.EqualFold(written, name) {
				d.miscased = append(d.miscased, Miscased{Path: join(path, written), Want: join(path, name)})
			}
		}
	}
}

func (d *decoder) mapping(raw json.RawMessage, into reflect.Value, path string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		d.unfit(raw, path, "an object")
		return
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(members)))
	for name, value := range members {
		element := reflect.New(into.Type().Elem()).Elem()
		d.decode(value, element, fmt.Sprintf("%s[%q]", path, name))
		into.SetMapIndex(reflect.ValueOf(name).Convert(into.Type().Key()), element)
	}
}

func (d *decoder) list(raw json.RawMessage, into reflect.Value, path string) {
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil {
		d.unfit(raw, path, "a list")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(elements), len(elements)))
	for i, element := range elements {
		d.decode(element, into.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

// unfit records that a value is not of the expected kind.
func (d *decoder) unfit(raw json.RawMessage, path, want string) {
	got := ""
	switch raw[0] {
	case '"':
		got = "text"
	case '{':
		got = "an object"
	case '[':
		got = "a list"
	case 't', 'f':
		got = string(raw)
	case 'n':
		got = "null"
	default:
		if !strings.Contains(want, "number") {
			got = "a number"
		}
	}
	d.fail(&Error{Path: path, Want: want, Got: got})
}

// whole returns a whole number, however it is written.
func whole(raw json.RawMessage) (int64, bool) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // the largest float64 up to which all whole numbers are exact
	var f float64
	if json.Unmarshal(raw, &f) != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

func wholeNumber(least, greatest int64) string {
	if greatest == math.MaxInt64 {
		return "a whole number"
	}
	return fmt.Sprintf("a whole number from %d to %d", least, greatest)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
