package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// schema is an XML Schema with what testdata/junit.xsd uses of it: global elements that are text, or that have
// attributes and a sequence of references to others.
type schema struct {
	Elements []struct {
		Name    string `xml:"name,attr"`
		Type    string `xml:"type,attr"`
		Complex *struct {
			Mixed    bool `xml:"mixed,attr"`
			Sequence []struct {
				Ref string `xml:"ref,attr"`
				Min string `xml:"minOccurs,attr"`
				Max string `xml:"maxOccurs,attr"`
			} `xml:"sequence>element"`
			Attributes []struct {
				Name string `xml:"name,attr"`
				Type string `xml:"type,attr"`
				Use  string `xml:"use,attr"`
			} `xml:"attribute"`
		} `xml:"complexType"`
	} `xml:"element"`
}

// simpleTypes are the schema's types of attributes, as far as they restrict anything.
var simpleTypes = map[string]*regexp.Regexp{
	"xs:string":             regexp.MustCompile(`(?s).*`),
	"xs:decimal":            regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)$`),
	"xs:nonNegativeInteger": regexp.MustCompile(`^\+?\d+$`),
	"xs:dateTime":           regexp.MustCompile(`^-?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`),
}

// node is an element of any document.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

func readSchema(t *testing.T) schema {
	t.Helper()
	file, err := os.ReadFile("testdata/junit.xsd")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := xml.Unmarshal(file, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Elements) != 10 {
		t.Fatalf("the schema has %d elements", len(s.Elements))
	}
	return s
}

// validate holds a document to the schema.
func (s schema) validate(document []byte, root string) error {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var top node
	if err := decoder.Decode(&top); err != nil {
		return err
	}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if space, is := token.(xml.CharData); err != nil || !is || len(bytes.TrimSpace(space)) > 0 {
			return fmt.Errorf("after the document comes more: %v %w", token, err)
		}
	}
	if top.XMLName.Local != root {
		return fmt.Errorf("the root is <%s>", top.XMLName.Local)
	}
	return s.element(top)
}

func (s schema) element(n node) error {
	name := n.XMLName.Local
	for _, declared := range s.Elements {
		if declared.Name != name || n.XMLName.Space != "" {
			continue
		}
		if declared.Complex == nil {
			if len(n.Attrs)+len(n.Children) > 0 {
				return fmt.Errorf("<%s> is text alone, and has attributes or elements", name)
			}
			return nil
		}
		if strings.TrimSpace(n.Text) != "" && !declared.Complex.Mixed {
			return fmt.Errorf("<%s> has the text %q", name, n.Text)
		}
		given := map[string]string{}
		for _, a := range n.Attrs {
			given[a.Name.Local] = a.Value
		}
		for _, a := range declared.Complex.Attributes {
			value, there := given[a.Name]
			delete(given, a.Name)
			switch {
			case !there && a.Use == "required":
				return fmt.Errorf("<%s> lacks the attribute %s", name, a.Name)
			case there && !simpleTypes[a.Type].MatchString(value):
				return fmt.Errorf("<%s> has %s=%q, which is no %s", name, a.Name, value, a.Type)
			}
		}
		for unknown := range given {
			return fmt.Errorf("<%s> has the attribute %s", name, unknown)
		}
		children := n.Children
		for _, next := range declared.Complex.Sequence {
			count := 0
			for len(children) > 0 && children[0].XMLName.Local == next.Ref {
				if err := s.element(children[0]); err != nil {
					return err
				}
				children, count = children[1:], count+1
			}
			if count > 1 && next.Max == "" || count == 0 && next.Min != "0" {
				return fmt.Errorf("<%s> has %d <%s>", name, count, next.Ref)
			}
		}
		if len(children) > 0 {
			return fmt.Errorf("<%s> has <%s>, or in the wrong place", name, children[0].XMLName.Local)
		}
		return nil
	}
	return fmt.Errorf("<%s> is not in the schema", name)
}

// TestSchema shows that the validator of these tests refuses what the schema does.
func TestSchema(t *testing.T) {
	s := readSchema(t)
	for _, document := range []string{
		`<testsuite name="a" tests="1"/>`,
		`<testsuites tests="many"/>`,
		`<testsuites><testsuite tests="1"/></testsuites>`,
		`<testsuites skipped="1"/>`,
		`<testsuites><testcase name="a"/></testsuites>`,
		`<testsuites><testsuite name="a" tests="1"><testcase name="a"><skipped message="b"/></testcase></testsuite></testsuites>`,
		`<testsuites><testsuite name="a" tests="1"><testcase name="a"><failure/><error/></testcase></testsuite></testsuites>`,
		`<testsuites><testsuite name="a" tests="1" timestamp="today"/></testsuites>`,
		`<testsuites>text</testsuites>`,
		`<testsuites/><testsuites/>`,
	} {
		if s.validate([]byte(document), "testsuites") == nil {
			t.Errorf("this is valid, and must not be: %s", document)
		}
	}
	if err := s.validate([]byte(`<testsuites><testsuite name="a" tests="1"><testcase name="a" time="0.1"><failure message="b">c</failure></testcase></testsuite></testsuites>`), "testsuites"); err != nil {
		t.Error(err)
	}
}
