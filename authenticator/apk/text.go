package apk

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The labels that tools print before a fingerprint: "SHA256:" (keytool), "SHA-256:" (Gradle's signingReport), "Certificate
// fingerprint (SHA-256):", "sha256 Fingerprint=" (OpenSSL), "Signer #1 certificate SHA-256 digest:" (apksigner),
// "SHA-256 certificate fingerprint" above it (Play Console).
const labelEnd = `\)?"?(?:[ \t]+(?:certificate[ \t]+)?(?:digest|fingerprint))?(?:[ \t]*[:=][ \t]*|[ \t]+|$)`

var (
	sha256Label = regexp.MustCompile(`(?i)^(.*?)\bsha-?256` + labelEnd + `(.*)$`)
	sha1Label   = regexp.MustCompile(`(?i)\bsha-?1` + labelEnd)
	ofPublicKey = regexp.MustCompile(`(?i)public[ -]?key|spki|\bpin-$`)
)

// The names of keystore entries, which keytool never translates.
const keyEntry, trustedEntry = "PrivateKeyEntry", "trustedCertEntry"

// What tools print about the certificate of a fingerprint.
var (
	// keytool -list -v in all its languages, Gradle, EAS, OpenSSL's bag attributes.
	aliasLine = regexp.MustCompile(`(?i)^\s*(?:alias(?:[ -]?name|namn)?|key alias|nombre de alias|nom d'alias|nome(?: do)? alias|` +
		`별칭 이름|별칭|別名名稱|別名|别名|friendlyName)\s*[:：]\s*(.+)$`)
	variantLine = regexp.MustCompile(`^\s*Variant:\s*(.+)$`)
	// keytool -list: "upload, Nov 25, 2026, PrivateKeyEntry,".
	shortEntry = regexp.MustCompile(`^(.+?), ?.*\b(?:` + keyEntry + `|` + trustedEntry + `)\b`)
	// keytool's "Certificate[2]:" of an entry's chain, and "Certificate #2:" of a signature's.
	chainNumber  = regexp.MustCompile(`\S ?(?:\[(\d+)\]|#(\d+)):\s*$`)
	signerLine   = regexp.MustCompile(`^\s*(Signer #\d+):\s*$`)
	subjectLine  = regexp.MustCompile(`(?:^Owner:|certificate DN:|^subject ?=)\s*(.+)$`)
	hashesSource = regexp.MustCompile(`^(.+?):? certificate $`) // apksigner, before "SHA-256 digest:"
)

var (
	pemBlock = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END [A-Z0-9 ]+-----`)
	// Fingerprints without a label, as in assetlinks.json, and origins.
	inTheOpen = regexp.MustCompile(OriginPrefix + `[\w-]+|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){19,}`)
	// A fingerprint followed by a remark.
	remarked = regexp.MustCompile(`^((?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{64})[\s,;(]`)
	colours  = regexp.MustCompile("\x1b\\[[0-9;]*m")
	digits   = regexp.MustCompile(`(?i)^["' ]*(?:[0-9a-f]{2}[: -]?){8}`)
)

// readText returns the certificates in a text: a tool's output, PEM, or a single fingerprint. As in a keystore, the
// certificates of keys count, and trusted ones only if there is no key; of a chain, the first counts.
func readText(text string) ([]Signer, error) {
	// Text copied from a web page may contain invisible characters, and text from a terminal its colours.
	text = colours.ReplaceAllString(text, "")
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	var s textScanner
	end := 0
	for _, at := range pemBlock.FindAllStringSubmatchIndex(text, -1) {
		s.lines(text[end:at[0]])
		if err := s.pem(text[at[2]:at[3]], text[at[4]:at[5]]); err != nil {
			return nil, err
		}
		end = at[1]
	}
	s.lines(text[end:])
	return s.signers(text)
}

// textScanner collects what a text says about certificates.
type textScanner struct {
	about subject

	waiting bool   // for the rest of a fingerprint in the next line
	begun   string // the start of that fingerprint; may be empty

	found     []foundSigner
	open      bool     // a PEM block has no end
	others    []string // PEM blocks that are not certificates
	sha1      bool     // a SHA-1 fingerprint was seen
	publicKey bool     // a public key's digest was seen
	broken    error    // a SHA-256 line that cannot be read
	cutOff    bool     // one of them starts like a fingerprint
}

// subject is the certificate that the current lines describe.
type subject struct {
	variant, alias, signer, subject string
	trusted                         bool
	inChain                         bool // behind the certificate of the key
}

type foundSigner struct {
	Signer

	certificate certificate // the zero value when only its fingerprint is known
	trusted     bool
}

func (s *textScanner) lines(text string) {
	s.open = s.open || strings.Contains(text, "-----BEGIN ")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if s.waiting && s.goesOn(line) {
			continue
		}
		s.line(line)
	}
	if s.waiting {
		s.goesOn("")
	}
}

// goesOn reports whether a line is the rest of the fingerprint in the line before.
func (s *textScanner) goesOn(line string) bool {
	hash, err := parseHash(s.begun + line)
	s.waiting = false
	switch {
	case err == nil:
		s.add(Signer{Hash: hash}, certificate{})
		return true
	case s.begun == "":
		return false
	}
	// A fingerprint that is cut off is an error. Other text after "SHA-256" matters only if nothing else is found.
	_, s.broken = parseHash(s.begun)
	s.cutOff = s.cutOff || digits.MatchString(s.begun)
	return false
}

func (s *textScanner) line(line string) {
	about := &s.about
	switch {
	case variantLine.MatchString(line):
		*about = subject{variant: group(variantLine, line)}
	case aliasLine.MatchString(line):
		*about = subject{variant: about.variant, alias: group(aliasLine, line)}
	case signerLine.MatchString(line):
		*about = subject{signer: group(signerLine, line)}
	case strings.HasPrefix(line, "Bag Attributes"): // OpenSSL
		*about = subject{}
	case shortEntry.MatchString(line):
		*about = subject{alias: group(shortEntry, line), trusted: strings.Contains(line, trustedEntry)}
	case strings.Contains(line, keyEntry), strings.Contains(line, trustedEntry):
		about.trusted = strings.Contains(line, trustedEntry)
	case chainNumber.MatchString(line):
		number := chainNumber.FindStringSubmatch(line)
		// Without an alias, these are the certificates of a file that keytool numbers.
		about.inChain = about.alias != "" && number[1] > "1" || number[2] > "1"
		about.subject = ""
	case subjectLine.MatchString(line):
		about.subject = group(subjectLine, line)
	case sha256Label.MatchString(line):
		match := sha256Label.FindStringSubmatch(line)
		s.labelled(match[1], match[2])
	case sha1Label.MatchString(line):
		s.sha1 = true
	}
}

func group(pattern *regexp.Regexp, line string) string {
	return strings.TrimSpace(pattern.FindStringSubmatch(line)[1])
}

// labelled handles a line with "SHA-256", given the text before and after it.
func (s *textScanner) labelled(before, value string) {
	source := hashesSource.FindStringSubmatch(before)
	switch {
	case ofPublicKey.MatchString(before):
		s.publicKey = true
		return
	case source != nil && strings.HasPrefix(source[1], "Source Stamp"):
		return // the certificate of the store, which signs for the app's source
	case source != nil:
		s.about.signer = source[1]
	}
	hash, err := parseHash(value)
	if err != nil {
		if match := remarked.FindStringSubmatch(value); match != nil {
			hash, err = parseHash(match[1])
		}
	}
	if err != nil {
		s.waiting, s.begun = true, value
		return
	}
	s.add(Signer{Hash: hash}, certificate{})
}

func (s *textScanner) pem(kind, body string) error {
	parse := parseCertificates
	switch kind {
	case "CERTIFICATE", "X509 CERTIFICATE":
	case "TRUSTED CERTIFICATE":
		parse = parseFirst // OpenSSL's form, followed by what the certificate is trusted for
	case "PKCS7", "CMS":
		parse = parsePKCS7
	default:
		s.others = append(s.others, kind)
		return nil
	}
	der, err := pemBytes(body)
	if err != nil {
		return err
	}
	certificates, err := parse(der)
	for _, c := range certificates {
		s.add(c.signer(""), c)
	}
	return err
}

// pemBytes decodes the text between BEGIN and END of a PEM block. Line ends may be missing, or be written as \n.
func pemBytes(body string) ([]byte, error) {
	der, err := decodeBase64(strings.Join(strings.Fields(strings.NewReplacer(`\r`, "", `\n`, "").Replace(body)), ""))
	if err != nil {
		return nil, errPEM("what is between its beginning and its end is not base64")
	}
	return der, nil
}

// add adds a certificate, with the name from the lines before it.
func (s *textScanner) add(signer Signer, of certificate) {
	if s.about.inChain {
		return
	}
	for _, name := range []string{s.about.variant, s.about.alias, s.about.signer} {
		if signer.Name == "" {
			signer.Name = printable(name)
		}
	}
	if signer.Subject == "" {
		signer.Subject = printable(s.about.subject)
	}
	s.found = append(s.found, foundSigner{signer, of, s.about.trusted})
}

// signers returns the certificates that were found, without duplicates.
func (s *textScanner) signers(text string) ([]Signer, error) {
	isTrusted := func(f foundSigner) bool { return f.trusted }
	if slices.ContainsFunc(s.found, func(f foundSigner) bool { return !f.trusted }) {
		s.found = slices.DeleteFunc(s.found, isTrusted)
	}
	s.found = leaves(s.found, func(f foundSigner) certificate { return f.certificate })
	switch {
	case s.open:
		return nil, errPEM("no block has both a whole beginning and a whole end")
	case len(s.found) > 0 && !s.cutOff:
		var signers []Signer
		for _, f := range s.found {
			signers = append(signers, f.Signer)
		}
		return merge(signers), nil
	case len(s.others) > 0:
		return nil, &Error{
			Kind: NoCertificate, Message: fmt.Sprintf("There is no certificate inside, only: %s", strings.Join(s.others, ", ")),
			Hint: "A certificate begins with -----BEGIN CERTIFICATE-----; `keytool -exportcert -rfc` writes one.",
		}
	case s.broken != nil:
		return nil, s.broken
	case s.publicKey:
		return nil, errPublicKey()
	case s.sha1:
		return nil, errSHA1()
	}
	return readUnlabelled(text)
}

// readUnlabelled finds fingerprints by their shape alone.
func readUnlabelled(text string) ([]Signer, error) {
	hash, err := parseHash(text)
	if err == nil {
		return []Signer{{Hash: hash}}, nil
	}
	var signers []Signer
	for _, match := range inTheOpen.FindAllString(text, -1) {
		if hash, err := parseHash(match); err == nil {
			signers = append(signers, Signer{Hash: hash})
		}
	}
	if len(signers) > 0 {
		return merge(signers), nil
	}
	if strings.Contains(strings.TrimSpace(text), "\n") {
		err = notFingerprint("no line of it has a SHA-256 fingerprint")
	}
	return nil, err
}

// merge joins entries of the same certificate under all their names: Gradle lists a keystore once per variant.
func merge(signers []Signer) []Signer {
	var merged []Signer
	places := map[KeyHash]int{}
	named := map[KeyHash]map[string]bool{}
	for _, signer := range signers {
		at, known := places[signer.Hash]
		if !known {
			places[signer.Hash], named[signer.Hash] = len(merged), map[string]bool{signer.Name: true, "": true}
			merged = append(merged, signer)
			continue
		}
		if !named[signer.Hash][signer.Name] {
			named[signer.Hash][signer.Name] = true
			merged[at].Name = strings.TrimPrefix(merged[at].Name+", "+signer.Name, ", ")
		}
	}
	return merged
}

func errPEM(cause string) *Error {
	return &Error{
		Kind: NotDecodable, Message: "The PEM text is damaged", Err: errors.New(cause),
		Hint: "Copy the certificate again, with its -----BEGIN and -----END lines.",
	}
}
