package tenant

import (
	"net/http"
	"slices"
	"strings"
)

// router finds who answers a request, and answers as Hanko's web framework does where nobody is there for it.
type router struct {
	t     *Tenant
	paths map[string]map[string]endpoint // path pattern → method → who answers it
	// groups are the paths below which Hanko has a handler of its own for whatever is not there. A wrong method gets that
	// too, and no 405.
	groups map[string]endpoint
}

func newRouter(t *Tenant) *router {
	return &router{t: t, paths: make(map[string]map[string]endpoint), groups: make(map[string]endpoint)}
}

// handle has an endpoint answer a pattern, "METHOD /path".
func (r *router) handle(pattern string, e endpoint) {
	method, path, _ := strings.Cut(pattern, " ")
	if r.paths[path] == nil {
		r.paths[path] = make(map[string]endpoint)
	}
	r.paths[path][method] = e
}

// group has an endpoint answer what is not there below a path, and at it.
func (r *router) group(path string, otherwise endpoint) { r.groups[path] = otherwise }

// otherwise is who answers a wrong method at a path, nil where that is a 405.
func (r *router) otherwise(path string) endpoint {
	var found endpoint
	longest := -1
	for group, e := range r.groups {
		if (path == group || strings.HasPrefix(path, group+"/")) && len(group) > longest {
			found, longest = e, len(group)
		}
	}
	return found
}

// handler is the router once everything is in it.
func (r *router) handler() http.Handler {
	mux := http.NewServeMux()
	add := func(pattern string, methods map[string]endpoint, otherwise endpoint) {
		mux.HandleFunc(pattern, r.t.serve(choose(methods, otherwise)))
	}
	for path, methods := range r.paths {
		add(path, methods, r.otherwise(path))
	}
	for path, otherwise := range r.groups {
		if r.paths[path] == nil && path != "" {
			add(path, nil, otherwise)
		}
		if path != "" {
			add(path+"/{rest...}", nil, otherwise)
		}
	}
	add("/", nil, notFound)
	return mux
}

// choose answers a request by its method. OPTIONS is always answered, by Hanko's handling of CORS, with the methods where
// the others get a 405.
func choose(methods map[string]endpoint, otherwise endpoint) endpoint {
	allowed := []string{http.MethodOptions}
	for method := range methods {
		allowed = append(allowed, method)
	}
	slices.Sort(allowed[1:])
	allow := strings.Join(allowed, ", ")
	return func(w http.ResponseWriter, r *http.Request) error {
		if e := methods[r.Method]; e != nil {
			return e(w, r)
		}
		if otherwise == nil {
			w.Header().Set("Allow", allow)
		}
		switch {
		case r.Method == http.MethodOptions:
			w.WriteHeader(http.StatusNoContent)
			return nil
		case otherwise != nil:
			return otherwise(w, r)
		default:
			return refuse(http.StatusMethodNotAllowed)
		}
	}
}

// nowhere answers a path that no router could have.
func nowhere(w http.ResponseWriter, r *http.Request) error { return choose(nil, notFound)(w, r) }
