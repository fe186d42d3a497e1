package tenant

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// PlannedAnswer says how to answer requests that are still to come: with an error, or late.
type PlannedAnswer struct {
	Method string // "" is any
	Path   string // as in the API, without BasePath; "" is any
	Status int    // of an error, from 400 to 599; 0 answers as usual
	Delay  time.Duration
	Header map[string]string // of an error, such as Retry-After
	Times  int               // how many requests; 0 is one
}

// PlanAnswer plans an answer. If several plans match a request, the oldest one counts.
func (t *Tenant) PlanAnswer(a PlannedAnswer) {
	a.Times = max(a.Times, 1)
	t.planned.add(a)
}

// ForgetAnswers deletes the plans that are left.
func (t *Tenant) ForgetAnswers() { t.planned.clear() }

// plans are the planned answers that have not been used up.
type plans struct {
	mu   sync.Mutex
	left []PlannedAnswer
}

func (p *plans) add(a PlannedAnswer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = append(p.left, a)
}

func (p *plans) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = nil
}

// take returns the plan for a request, and counts the request.
func (p *plans) take(method, path string) (PlannedAnswer, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.IndexFunc(p.left, func(a PlannedAnswer) bool {
		return (a.Method == "" || a.Method == method) && (a.Path == "" || a.Path == path)
	})
	if at < 0 {
		return PlannedAnswer{}, false
	}
	found := p.left[at]
	if p.left[at].Times--; p.left[at].Times == 0 {
		p.left = slices.Delete(p.left, at, at+1)
	}
	return found, true
}

// carryOutPlan delays or answers a request if that is planned. It reports whether it answered.
func (t *Tenant) carryOutPlan(w http.ResponseWriter, r *http.Request) (answered bool) {
	plan, found := t.planned.take(r.Method, strings.TrimPrefix(r.URL.Path, t.BasePath()))
	if !found {
		return false
	}
	if plan.Delay > 0 {
		// The server's deadline could be earlier. A test's recorder has none, and returns an error.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(plan.Delay + time.Minute))
		select {
		case <-time.After(plan.Delay):
		case <-r.Context().Done():
			return true // nobody is left to answer
		}
	}
	if plan.Status == 0 {
		return false
	}
	for name, value := range plan.Header {
		w.Header().Set(name, value)
	}
	t.serve(func(http.ResponseWriter, *http.Request) error { return refuse(plan.Status) })(w, r)
	return true
}
