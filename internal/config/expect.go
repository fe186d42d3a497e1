package config

import "example.com/hankosim/hanko/fact"

// expectKey is the key of a tenant for what its facts must be.
const expectKey = "expect"

// expectations reads what is expected of a tenant of the file, and reports its mistakes once.
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
