package association

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	android = "/.well-known/assetlinks.json"
	apple   = "/.well-known/apple-app-site-association"
	sha     = "A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B:A1:0B"
)

// Files that people have published.
func TestFieldCases(t *testing.T) {
	for name, test := range map[string]struct{ path, problem string }{
		"assetlinks-lower-case.json": {
			android, "names the package and the certificate, but writes its fingerprint in lower case, which Android and Google take for malformed (write it as " + sha + ")",
		},
		"assetlinks-other-statement-malformed.json": {android, ""},
		"aasa-webCredentials-wrong-case.json": {
			apple, "does not list " + appID + ` under webcredentials: "webCredentials" should be "webcredentials", and upper and lower case count`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			checker := serve(t, file(test.path, "application/json", string(body)))
			if test.path == android {
				wantProblem(t, checker.Android(t.Context(), app, rpID), test.problem)
			} else {
				wantProblem(t, checker.Apple(t.Context(), appID, rpID), test.problem)
			}
		})
	}
}

// Mistakes in a statement about the app, among statements about other apps with all kinds of mistakes.
func TestStatements(t *testing.T) {
	const others = `{}, 7, null, "text", [], {"relation": "delegate_permission/common.get_login_creds"}, {"target": []}, {"include": 7}, {"include": "mailto:x"},
		{"relation": [{}], "target": {"namespace": "android_app", "package_name": "com.other", "sha256_cert_fingerprints": ["AA"]}},
		{"relation": ["delegate_permission/common.get_login_creds"], "target": {"namespace": "android_app", "package_name": 7, "sha256_cert_fingerprints": {}}}`
	const right = `{"relation": ["delegate_permission/common.get_login_creds"], "target": {"namespace": "android_app", "package_name": "com.example.app", "sha256_cert_fingerprints": ["` + sha + `"]}}`
	change := func(old, with string) string {
		if !strings.Contains(right, old) {
			t.Fatalf("there is no %s", old)
		}
		return strings.Replace(right, old, with, 1)
	}
	const malformed = "has a malformed statement about the package com.example.app: "
	for name, test := range map[string]struct{ statement, problem string }{
		"right":                      {right, ""},
		"right with more":            {change(`"relation"`, `"comment": {}, "relation"`), ""},
		"right with another":         {change(`"`+sha+`"`, `"00:11", "`+sha+`"`), ""},
		"right after a wrong one":    {change(sha, "00:11") + "," + right, ""},
		"right before a wrong one":   {right + "," + change(sha, "00:11"), ""},
		"lower case":                 {change(sha, strings.ToLower(sha)), "in lower case, which Android and Google take for malformed"},
		"partly lower case":          {change("A1", "a1"), "in lower case"},
		"no colons":                  {change(sha, strings.ReplaceAll(sha, ":", "")), "without its colons, which Android and Google likely take for malformed (write it as A1:0B:"},
		"a space before it":          {change(sha, " "+sha), "with something else than its colons, which Android and Google likely take for malformed"},
		"no fingerprint list":        {change(`["`+sha+`"]`, `"`+sha+`"`), malformed + "target.sha256_cert_fingerprints is text, not a list"},
		"no fingerprint text":        {change(`["`+sha+`"]`, `[{}]`), malformed + "target.sha256_cert_fingerprints[0] is an object, not text"},
		"no fingerprints":            {change(`["`+sha+`"]`, `[]`), malformed + "it needs a relation, and a target with namespace, package_name and sha256_cert_fingerprints"},
		"no relation list":           {change(`["delegate_permission/common.get_login_creds"]`, `"delegate_permission/common.get_login_creds"`), malformed + "relation is text, not a list"},
		"no relation":                {change(`"relation": ["delegate_permission/common.get_login_creds"], `, ``), malformed + "it needs a relation"},
		"Relation":                   {change(`"relation"`, `"Relation"`), malformed + `"Relation" should be "relation"`},
		"Target":                     {change(`"target"`, `"Target"`), malformed + `"Target" should be "target"`},
		"packageName":                {change(`"package_name"`, `"Package_Name"`), malformed + `"target.Package_Name" should be "target.package_name"`},
		"namespace":                  {change(`"android_app"`, `"android"`), malformed + `the namespace of an app is android_app, not "android"`},
		"an include too":             {change(`"relation"`, `"include": "https://example.com/more.json", "relation"`), malformed + "it is a statement and an include at once"},
		"another relation":           {change("get_login_creds", "handle_all_urls"), "names the package and the certificate without the relation " + loginRelation},
		"another relation, the rest": {change("get_login_creds", "handle_all_urls") + "," + change(sha, "00:11"), "without the relation " + loginRelation},
		"another certificate":        {change(sha, "AA:BB"), "names the package with other certificates than " + sha},
		"another package":            {change("com.example.app", "com.example.app2"), "does not name the package com.example.app"},
		"another case of it":         {change("com.example.app", "com.example.App"), "does not name the package com.example.app"},
	} {
		t.Run(name, func(t *testing.T) {
			checker := serve(t, file(android, "application/json", "["+others+","+test.statement+"]"))
			err := checker.Android(t.Context(), app, rpID)
			wantProblem(t, err, test.problem)
			if err != nil && strings.Contains(err.Error(), "Go ") {
				t.Errorf("these are no words for people: %v", err)
			}
		})
	}
}

// A broken include does not matter before or after a right statement, and is reported if there is none.
func TestBrokenIncludes(t *testing.T) {
	const right = `{"relation":["` + loginRelation + `"],"target":{"namespace":"android_app","package_name":"com.example.app","sha256_cert_fingerprints":["` + sha + `"]}}`
	files := map[string]string{
		"/html": "<html>", "/object": "{}", "/half": "[" + right + ", {", "/good": "[7," + right + "]",
	}
	for name, test := range map[string]struct{ list, problem string }{
		"not there":         {`{"include":"https://example.com/none"},` + right, ""},
		"no JSON":           {`{"include":"https://example.com/html"},{"include":"https://example.com/good"}`, ""},
		"no list":           {`{"include":"https://example.com/object"},` + right, ""},
		"half a list":       {`{"include":"https://example.com/half"}`, "does not name the package com.example.app, and a file that it includes cannot be used: https://example.com/half is not a list of statements: it is not JSON"},
		"no address":        {`{"include":"https://:::"},{"include":"https://example.com:999999"},` + right, ""},
		"only what is gone": {`{"include":"https://example.com/none"}`, "a file that it includes cannot be used: https://example.com/none answers 404 Not Found"},
		"without s":         {`{"include":"http://example.com/good"}`, "does not name the package com.example.app (add"},
		"not alone":         {`{"include":"https://example.com/good","relation":[]}`, "does not name the package com.example.app (add"},
		"another case":      {`{"Include":"https://example.com/good"}`, "does not name the package com.example.app (add"},
	} {
		t.Run(name, func(t *testing.T) {
			checker := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, there := files[r.URL.Path]
				if r.URL.Path == android {
					body, there = "["+test.list+"]", true
				}
				if !there {
					http.NotFound(w, r)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(body))
			})
			wantProblem(t, checker.Android(t.Context(), app, rpID), test.problem)
		})
	}
}

// Entries for other apps, and for other things than passkeys, do not matter.
func TestAppleEntries(t *testing.T) {
	for name, test := range map[string]struct{ file, problem string }{
		"odd entries":  {`{"webcredentials":{"apps":[7,null,{},"` + appID + `",[]]}}`, ""},
		"odd applinks": {`{"applinks":"none","activitycontinuation":7,"webcredentials":{"apps":["` + appID + `"],"more":[]}}`, ""},
		"apps twice":   {`{"webcredentials":{"Apps":[],"apps":["` + appID + `"]}}`, ""},
		"Apps":         {`{"webcredentials":{"Apps":["` + appID + `"]}}`, `under webcredentials: "webcredentials.Apps" should be "webcredentials.apps"`},
		"no list":      {`{"webcredentials":{"apps":"` + appID + `"}}`, "is not an apple-app-site-association file: webcredentials.apps is text, not a list"},
		"a list":       {`["` + appID + `"]`, "is not an apple-app-site-association file: it is a list, not an object"},
		"others alone": {`{"webcredentials":{"apps":[7,"OTHER12345.com.example.app"]}}`, "does not list " + appID},
	} {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, serve(t, file(apple, "application/json", test.file)).Apple(t.Context(), appID, rpID), test.problem)
		})
	}
}

func FuzzFiles(f *testing.F) {
	for _, seed := range []string{
		`{"webcredentials":{"apps":["` + appID + `"]}}`,
		`[{"relation":["x"],"target":{"namespace":"android_app","package_name":"p","sha256_cert_fingerprints":["AA:BB"]},"include":"https://x"}]`,
		`[{"relation":["` + loginRelation + `"],"target":{"namespace":"android_app","package_name":"com.example.app","sha256_cert_fingerprints":["` + sha + `"]}},{},7]`,
		`{"origins":["https://other.example","https://[::1]:1","://"]}`, `null`, `[null]`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if apps, _, err := webCredentialApps(data); slices.Contains(apps, appID) && (!json.Valid(data) || err == nil && !bytes.Contains(data, []byte("apps")) && !bytes.Contains(data, []byte(`\u`))) {
			t.Errorf("apps %q out of nothing", apps)
		}
		list, err := parseStatements(data)
		if err != nil && len(list) > 0 {
			t.Errorf("%d statements beside the error %v", len(list), err)
		}
		for _, raw := range list {
			s := readStatement(raw)
			if s.include() != "" && s.in.Target != nil {
				t.Errorf("%s includes", raw)
			}
			if s.about(app.PackageName) && s.flaw(app.PackageName, hash).problem == "" && !bytes.Contains(data, []byte("get_login_creds")) && !bytes.Contains(data, []byte(`\u`)) {
				t.Errorf("%s does", raw)
			}
		}
		if listed, err := listsOrigin(data, "https://other.example"); listed && err != nil {
			t.Errorf("listed with an error: %v", err)
		}
	})
}
