package tenant

import (
	"net/http"
	"slices"
	"strings"
)

// router finds the endpoint of a request. Without one, it answers as Hanko's web framework does.
type router struct {
	t     *Tenant
	paths map[string]map[string]endpoint // path pattern → method → endpoint
	// groups are the paths below which Hanko has its own handler for unknown paths. A wrong method gets that handler, too,
	// instead of 405.
	groups map[string]endpoint
}

func newRouter(t *Tenant) *router {
	return &router{t: t, paths: make(map[string]map[string]endpoint), groups: make(map[string]endpoint)}
}

// handle registers an endpoint for a pattern, "METHOD /path".
func (r *router) handle(pattern string, e endpoint) {
	method, path, _ := strings.Cut(pattern, " ")
	if r.paths[path] == nil {
		r.paths[path] = make(map[string]endpoint)
	}
	r.paths[path][method] = e
}

// group registers an endpoint for unknown paths at and below a path.
func (r *router) group(path string, otherwise endpoint) { r.groups[path] = otherwise }

// otherwise returns the endpoint for a wrong method at a path, or nil for 405.
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

// handler returns the router as an http.Handler. Everything must be registered before.
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

// choose picks the endpoint by method. OPTIONS always gets a response, from Hanko's handling of CORS; it lists the methods
// where a wrong method gets 405.
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

// nowhere answers paths that match no pattern.
func nowhere(w http.ResponseWriter, r *http.Request) error { return choose(nil, notFound)(w, r) }
