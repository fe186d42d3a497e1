package setting

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The kinds of switches. Each function returns a Switch for a field of Settings.

func pick[T any](condition bool, yes, no T) T {
	if condition {
		return yes
	}
	return no
}

// choice returns a switch for a string. The first value is also what the zero value means.
func choice[T ~string](name, key, meaning string, at func(*Settings) *T, values ...T) Switch {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = cmp.Or(string(v), "off")
	}
	return Switch{
		Name: name, Values: texts, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return cmp.Or(string(*at(s)), texts[0]) },
		set: func(s *Settings, value string) error {
			*at(s) = values[slices.Index(texts, value)]
			return nil
		},
	}
}

func acquire(name, key, meaning string, at func(*Settings) *Acquire, usual Acquire) Switch {
	w := choice(name, key, meaning, at, AcquireAlways, AcquireConditional, AcquireNever)
	w.get = func(s *Settings) string { return string(cmp.Or(*at(s), usual)) }
	return w
}

func flag(name, key, meaning string, at func(*Settings) *bool) Switch {
	return Switch{
		Name: name, Values: []string{"off", "on"}, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return pick(*at(s), "on", "off") },
		set: func(s *Settings, value string) error { *at(s) = value == "on"; return nil },
	}
}

// inverse is flag for a field that turns something off.
func inverse(name, key, meaning string, at func(*Settings) *bool) Switch {
	return Switch{
		Name: name, Values: []string{"on", "off"}, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return pick(*at(s), "off", "on") },
		set: func(s *Settings, value string) error { *at(s) = value == "off"; return nil },
	}
}

func list(name, key, meaning string, at func(*Settings) *[]string) Switch {
	return Switch{
		Name: name, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return strings.Join(*at(s), ",") },
		set: func(s *Settings, value string) error {
			var values []string
			for v := range strings.SplitSeq(value, ",") {
				if v = strings.TrimSpace(v); v != "" {
					values = append(values, v)
				}
			}
			*at(s) = values
			return nil
		},
	}
}

func limit(name, key, meaning string, at func(*Settings) *int, usual int) Switch {
	return Switch{
		Name: name, Key: key, Meaning: meaning + "; off for no limit.",
		get: func(s *Settings) string {
			return pick(*at(s) < 0, "off", strconv.Itoa(cmp.Or(max(*at(s), 0), usual)))
		},
		set: func(s *Settings, value string) error {
			if value == "off" {
				*at(s) = -1
				return nil
			}
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return fmt.Errorf("use a whole number above 0, or off")
			}
			*at(s) = n
			return nil
		},
	}
}

// number returns a switch for a whole number of least or more. In the field, 0 stands for the usual number, and -1 for 0.
func number(name, key, meaning string, least int, at func(*Settings) *int, usual int) Switch {
	return Switch{
		Name: name, Key: key, Meaning: meaning,
		get: func(s *Settings) string { return strconv.Itoa(max(cmp.Or(*at(s), usual), 0)) },
		set: func(s *Settings, value string) error {
			n, err := strconv.Atoi(value)
			if err != nil || n < least {
				return fmt.Errorf("use a whole number, %d or more", least)
			}
			*at(s) = cmp.Or(n, -1)
			return nil
		},
	}
}

// length is number for a length in bytes.
func length(name, key, meaning string, at func(*Settings) *int, usual int) Switch {
	return number(name, key, meaning+", in bytes.", 1, at, usual)
}

// corsSwitch returns the switch for the origins of web pages.
func corsSwitch() Switch {
	w := list("cors", "server.public.cors.allow_origins", "Origins whose web pages may call the API from the browser, separated by commas.",
		func(s *Settings) *[]string { return &s.CORS })
	set := w.set
	w.set = func(s *Settings, value string) error {
		var named Settings
		if err := set(&named, value); err != nil {
			return err
		}
		for i, text := range named.CORS {
			origin, ok := WebOrigin(text)
			if !ok || strings.Contains(text, "*") {
				return fmt.Errorf("use origins of web pages, such as http://localhost:5173; patterns are not possible")
			}
			named.CORS[i] = origin
		}
		s.CORS = named.CORS
		return nil
	}
	return w
}

// WebOrigin returns a web page's origin as browsers send it, or false for anything else.
func WebOrigin(origin string) (string, bool) {
	u, err := url.Parse(strings.ToLower(origin))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return "", false
	}
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.Scheme + "://" + u.Host, true
}

var domainPattern = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

func setRPID(s *Settings, value string) error {
	if !domainPattern.MatchString(value) {
		return fmt.Errorf("use a domain in lower case, such as login.example.com, without scheme, port or path")
	}
	s.RPID = value
	return nil
}

func setTenantID(s *Settings, value string) error {
	if value == "" {
		s.TenantID = ""
		return nil
	}
	id, err := uuid.Parse(value)
	if err != nil {
		return fmt.Errorf("use a UUID, or leave it empty for a server with one tenant")
	}
	s.TenantID = id.String()
	return nil
}

// setDuration sets a duration of a second or more. The error for any other value names the examples.
func setDuration(d *time.Duration, value, examples string) error {
	parsed, err := time.ParseDuration(value)
	if err != nil || parsed < time.Second {
		return fmt.Errorf("use a duration of a second or more, such as %s", examples)
	}
	*d = parsed
	return nil
}

func setCookieName(s *Settings, value string) error {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	}) {
		return fmt.Errorf("use letters, digits and dashes")
	}
	s.CookieName = value
	return nil
}

// duration returns the shortest way to write d.
func duration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
