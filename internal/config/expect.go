package config

import "example.com/hankosim/hanko/fact"

// expectKey is a tenant's key for the expectations of its facts.
const expectKey = "expect"

// expectations returns the expectations of a tenant in the file. It reports each mistake once.
func (l *loader) expectations(name string) []fact.Expectation {
	written, _ := l.file.GetStringMap("tenants")[name].(map[string]any)
	value, found := written[expectKey]
	if !found {
		return nil
	}
	key := "tenants." + name + "." + expectKey
	expected, mistakes := fact.ReadExpectations(value)
	for _, mistake := range mistakes {
		named := key
		if mistake.Name != expectKey {
			named += "." + mistake.Name
		}
		if !l.reported(named, l.fileName) {
			l.report(named, l.fileName, mistake.Reason, mistake.Fix)
		}
	}
	return expected
}
