package mailbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// elementEdge stands in a text made from HTML where an element begins or ends inside a line. It counts as a space.
const elementEdge = "\f"

// line is one line of a mail that has something in it.
type line struct {
	text      string // folded, without addresses and links
	isSubject bool
	quoted    bool // of an older mail that this one forwards or answers
}

// linesOf takes a mail apart. The subject is the first line.
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

// headBegins reports whether lines begin with the head of another mail, as Outlook puts it above what it quotes.
func headBegins(lines []string) bool {
	return len(lines) > 2 && sender.MatchString(lines[0]) && field.MatchString(lines[1]) && field.MatchString(lines[2])
}

var (
	sender = regexp.MustCompile(`(?i)^[>*\s]*(?:from|von|de|da|van|fra|från|od|от|lähettäjä|kimden|feladó|发件人|寄件者|差出人|보낸 사람)\*?\s*[:：]`)
	field  = regexp.MustCompile(`^[>*\s]*\pL[^:：@]{0,20}[:：]\s*\S`)
)

// joinDigits makes one line of lines that have one digit each, as HTML with a box for each digit gives them.
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

// readable is a line without what a code cannot be a part of: words with an address or a link become letters that are
// in no word.
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

// fold makes a text comparable: what cannot be seen is left out, and digits of other scripts, full-width characters, all
// kinds of spaces and all kinds of dashes become those of ASCII.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.In(r, unicode.Cf, unicode.Me, unicode.Variation_Selector):
			return -1
		case unicode.IsDigit(r):
			return digitOf(r)
		case '！' <= r && r <= '～': // the full-width forms of ASCII
			return r - '！' + '!'
		case unicode.In(r, unicode.Zs):
			return ' '
		case unicode.In(r, unicode.Pd) || r == '−':
			return '-'
		}
		return r
	}, text)
}

// digitOf returns a decimal digit of any script as one of ASCII. Each script has its ten in a row.
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
	// answers matches the subject of a mail that forwards or answers another.
	answers = regexp.MustCompile(`^(?i)\s*(?:re|fwd?|aw|wg|tr|rv|rif|sv|vs|vb|vl|enc|res|odp|pd|ynt|ilt|转发|回复|轉寄|轉發|回覆|転送|返信|ответ|отв|пересл)\s*[:：]`)

	// quoteBegins matches the line with which the text of another mail begins.
	quoteBegins = regexp.MustCompile(`(?i)^[-_* ]*(?:original message|forwarded message|begin forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|` +
		`anfang der weitergeleiteten|message d'origine|message transféré|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|` +
		`mensagem original|mensagem encaminhada|oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|vidarebefordrat meddelande|` +
		`oprindelig meddelelse|videresendt meddelelse|opprinnelig melding|videresendt melding|alkuperäinen viesti|wiadomość oryginalna|przekazana wiadomość|` +
		`původní zpráva|přeposlaná zpráva|исходное сообщение|пересылаемое сообщение|orijinal mesaj|iletilen mesaj|原始邮件|转发的邮件|原始郵件|` +
		`転送メッセージ|元のメッセージ|원본 메시지|전달된 메시지)` +
		`|(?:\bwrote|\bschrieb.*|a écrit|escribió|ha scritto|escreveu|\bschreef.*|\bskrev.*|napisał\pL*|napsal\pL*|написал\pL*|kirjoitti|yazdı|写道|のメール)\s?[:：]$`)
)
