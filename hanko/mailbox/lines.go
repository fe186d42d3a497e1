package mailbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// elementEdge marks, in text made from HTML, where an element begins or ends inside a line. It counts as a space.
const elementEdge = "\f"

// line is a line of a mail that is not blank.
type line struct {
	text      string // folded, without addresses and links
	isSubject bool
	quoted    bool // part of an older mail that this one forwards or answers
}

// linesOf splits a mail into lines. The subject is the first.
func linesOf(subject, text string) []line {
	lines := []line{{text: readable(beginning(subject, longestLine)), isSubject: true, quoted: answers.MatchString(subject)}}
	var raws []string
	for raw := range strings.Lines(cut(text)) {
		if raw = strings.TrimSpace(raw); raw != "" {
			raws = append(raws, raw)
		}
	}
	quoting := false
	for at, raw := range raws {
		quoted := strings.HasPrefix(raw, ">")
		quoting = quoting || headBegins(raws[at:])
		for raw != "" {
			part := beginning(raw, longestLine)
			raw = raw[len(part):]
			quoting = quoting || quoteBegins.MatchString(part)
			lines = append(lines, line{text: readable(part), quoted: quoting || quoted})
		}
	}
	return joinDigits(lines)
}

// headBegins reports whether lines start with the header of another mail, as Outlook writes it above a quoted mail.
func headBegins(lines []string) bool {
	return len(lines) > 2 && sender.MatchString(lines[0]) && field.MatchString(lines[1]) && field.MatchString(lines[2])
}

var (
	sender = regexp.MustCompile(`(?i)^[>*\s]*(?:from|von|de|da|van|fra|från|od|от|lähettäjä|kimden|feladó|发件人|寄件者|差出人|보낸 사람)\*?\s*[:：]`)
	field  = regexp.MustCompile(`^[>*\s]*\pL[^:：@]{0,20}[:：]\s*\S`)
)

// joinDigits joins lines with one digit each, which come from HTML with a box per digit.
func joinDigits(lines []line) []line {
	var joined []line
	before := false
	for _, l := range lines {
		bare := strings.TrimSpace(strings.TrimLeft(l.text, "> "))
		single := len(bare) == 1 && digit(rune(bare[0])) && !l.isSubject
		if single && before {
			joined[len(joined)-1].text += " " + bare
		} else {
			joined = append(joined, l)
		}
		before = single
	}
	return joined
}

// readable replaces the words of a line that contain an address or a link, since a code is never part of one.
func readable(text string) string {
	text = fold(text)
	if !strings.Contains(text, "@") && !strings.Contains(text, "://") {
		return text
	}
	return notSpace.ReplaceAllStringFunc(text, func(word string) string {
		if strings.Contains(word, "@") || strings.Contains(word, "://") {
			return "øøø"
		}
		return word
	})
}

var notSpace = regexp.MustCompile(`\S+`)

// fold makes text comparable. It drops invisible characters, and turns digits of other scripts, full-width characters,
// spaces and dashes of every kind into ASCII.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.In(r, unicode.Cf, unicode.Me, unicode.Variation_Selector):
			return -1
		case unicode.IsDigit(r):
			return digitOf(r)
		case '！' <= r && r <= '～': // full-width ASCII
			return r - '！' + '!'
		case unicode.In(r, unicode.Zs):
			return ' '
		case unicode.In(r, unicode.Pd) || r == '−':
			return '-'
		}
		return r
	}, text)
}

// digitOf returns the ASCII form of a decimal digit of any script. In each script the ten digits follow one another.
func digitOf(r rune) rune {
	for _, in := range unicode.Nd.R16 {
		if uint16(r) >= in.Lo && uint16(r) <= in.Hi && r <= 0xffff {
			return '0' + (r-rune(in.Lo))%10
		}
	}
	for _, in := range unicode.Nd.R32 {
		if uint32(r) >= in.Lo && uint32(r) <= in.Hi {
			return '0' + (r-rune(in.Lo))%10
		}
	}
	return r
}

var (
	// answers matches the subject of a mail that forwards or answers another mail.
	answers = regexp.MustCompile(`^(?i)\s*(?:re|fwd?|aw|wg|tr|rv|rif|sv|vs|vb|vl|enc|res|odp|pd|ynt|ilt|转发|回复|轉寄|轉發|回覆|転送|返信|ответ|отв|пересл)\s*[:：]`)

	// quoteBegins matches the line that introduces the text of another mail.
	quoteBegins = regexp.MustCompile(`(?i)^[-_* ]*(?:original message|forwarded message|begin forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|` +
		`anfang der weitergeleiteten|message d'origine|message transféré|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|` +
		`mensagem original|mensagem encaminhada|oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|vidarebefordrat meddelande|` +
		`oprindelig meddelelse|videresendt meddelelse|opprinnelig melding|videresendt melding|alkuperäinen viesti|wiadomość oryginalna|przekazana wiadomość|` +
		`původní zpráva|přeposlaná zpráva|исходное сообщение|пересылаемое сообщение|orijinal mesaj|iletilen mesaj|原始邮件|转发的邮件|原始郵件|` +
		`転送メッセージ|元のメッセージ|원본 메시지|전달된 메시지)` +
		`|(?:\bwrote|\bschrieb.*|a écrit|escribió|ha scritto|escreveu|\bschreef.*|\bskrev.*|napisał\pL*|napsal\pL*|написал\pL*|kirjoitti|yazdı|写道|のメール)\s?[:：]$`)
)
