package mailbox

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// label is what the words near a number call it.
type label int

const (
	noLabel label = iota
	codeLabel
	verbLabel // counts as codeLabel for a number after it
	otherLabel
)

// labelOf returns what the number in lines[at] is called: by the words before it in its sentence, else by those after it,
// else by the line above, else by the line below. The nearest word counts.
func labelOf(lines []line, at int, n number) label {
	text := lines[at].text
	before, after := text[:n.start], text[n.end:]
	if is := lastLabel(before); is != noLabel {
		return is
	}
	if is := firstLabel(after); is != noLabel {
		return is
	}
	if lines[at].isSubject {
		return noLabel
	}
	if at > 0 && !lines[at-1].isSubject {
		above := headOf(lines[at-1].text, text, n)
		closed := strings.ContainsAny(lastOf(above), ".!?。！？")
		above = strings.TrimRight(above, " .!?。！？")
		if is := lastLabel(above); is == codeLabel || is == otherLabel && !closed { // a full sentence may be about an order
			return is
		}
	}
	if at+1 < len(lines) && !hasWord(after) && !strings.ContainsAny(lastOf(lines[at+1].text), ":：") { // a colon points to the line below
		if is := firstLabel(lines[at+1].text); is == codeLabel {
			return is
		}
	}
	return noLabel
}

// headOf returns the line above a number that starts its line, or the head of its table column, or "".
func headOf(above, text string, n number) string {
	tab := strings.LastIndexByte(text[:n.start], '\t') + 1
	if hasWord(text[tab:n.start]) {
		return ""
	}
	heads, row := cells(above), cells(text)
	switch {
	case len(row) > 1 && len(heads) == len(row):
		return heads[len(cells(text[:tab]))]
	case len(row) > 1 || n.beside:
		return ""
	}
	return above
}

// cells returns the cells of a line that are not blank.
func cells(text string) []string {
	var filled []string
	for cell := range strings.SplitSeq(text, "\t") {
		if strings.TrimSpace(cell) != "" {
			filled = append(filled, cell)
		}
	}
	return filled
}

// lastOf returns the last character of a line.
func lastOf(text string) string {
	text = strings.TrimSpace(text)
	_, size := utf8.DecodeLastRuneInString(text)
	return text[len(text)-size:]
}

const nearby = 200 // how many bytes around a number are searched for its label

// The search for a label ends at another number or at the end of a sentence. Before a number, a point after a short word
// may belong to an abbreviation.
var (
	endsBefore = regexp.MustCompile(`[0-9]{4,}|[!?]\s|(?:\pL{4}|[0-9])\.\s|[。！？।]`)
	endsBehind = regexp.MustCompile(`[0-9]{4,}|[.!?]\s|[。！？।]`)
)

// lastLabel returns the last label in text, back to the previous number or sentence.
func lastLabel(text string) label {
	text = strings.ToValidUTF8(text[max(0, len(text)-nearby):], "")
	if all := endsBefore.FindAllStringIndex(text, -1); all != nil {
		text = text[all[len(all)-1][1]:]
	}
	is := noLabel
	for _, match := range labels().FindAllStringSubmatchIndex(text, -1) {
		is = labelIn(match)
	}
	if is == verbLabel {
		return codeLabel
	}
	return is
}

// firstLabel returns the first label in text, up to the end of the sentence or the next number. A single label before
// another number belongs to that number if it is not a label for codes, or if a colon follows it.
func firstLabel(text string) label {
	text = strings.ToValidUTF8(text[:min(len(text), nearby)], "")
	leadsOn, colon := false, false
	if end := endsBehind.FindStringIndex(text); end != nil {
		leadsOn = digit(rune(text[end[0]]))
		text = text[:end[0]]
		colon = strings.HasSuffix(strings.TrimSpace(text), ":")
	}
	all := labels().FindAllStringSubmatchIndex(text, -1)
	for _, match := range all {
		is := labelIn(match)
		switch {
		case is == noLabel || is == verbLabel:
		case leadsOn && len(all) == 1 && (is == otherLabel || colon):
			return noLabel
		default:
			return is
		}
	}
	return noLabel
}

// speakOfCode reports whether the first lines contain a word for a code.
func speakOfCode(lines []line) bool {
	return slices.ContainsFunc(lines[:min(len(lines), mostNumbers)], func(l line) bool {
		return slices.ContainsFunc(labels().FindAllStringSubmatchIndex(beginning(l.text, nearby), -1), func(match []int) bool { return labelIn(match) == codeLabel })
	})
}

// labelIn returns the label for a match of labels.
func labelIn(match []int) label {
	switch {
	case match[2] >= 0:
		return otherLabel
	case match[4] >= 0:
		return codeLabel
	case match[6] >= 0:
		return verbLabel
	}
	return noLabel
}

// labels matches the longest label at a place. Its first group has labels of other numbers, its second labels of codes,
// its third verbs; a match outside the groups only looks like a label. It is long, so it is compiled on first use.
var labels = sync.OnceValue(func() *regexp.Regexp {
	r := regexp.MustCompile(`(?i)(` + strings.Join(others, "|") + `)|(` + strings.Join(codes, "|") + `)|(` + strings.Join(verbs, "|") + `)|` + strings.Join(neither, "|"))
	r.Longest()
	return r
})

// codes are words for passcodes, or stems of such words.
var codes = []string{
	`code`, `passw`, `passphrase`, `\bpins?\b`, `\botp\b`, `\btan\b`, `one-time`,
	`kennwort`, `mot de passe`, `c[óo]digo`, `\bclave`, `contraseña`, `\bsenha`, `codice`, `\bcodi\b`, `\bcod(?:ul)?\b`, `wachtwoord`,
	`kod`, `kood`, `kód`, `lösenord`, `adgangsord`, `salasana`, `hasło`, `heslo`, `jelszó`, `şifre`, `parol`,
	`код`, `парол`, `κωδικ`, `קוד`, `סיסמ`, `رمز`, `كود`, `كلمة (?:ال)?(?:مرور|سر)`, `کد`, `कोड`, `ओटीपी`, `কোড`, `ওটিপি`, `குறியீ`, `รหัส`, `mã(?:\s|\z)`,
	`コード`, `認証番号`, `確認番号`, `暗証番号`, `パスワード`, `코드`, `인증\s?번호`, `비밀번호`,
	`验证码`, `驗證碼`, `校验码`, `認證碼`, `认证码`, `動態碼`, `动态码`, `确认码`, `確認碼`, `口令`, `密码`, `密碼`,
}

// verbs are what people do with the passcode that follows: "enter 123456".
var verbs = []string{
	`\benter\b`, `\btype\b`, `\buse\b`, `geben sie`, `gib\b`, `eingeben`, `verwenden sie`, `saisissez`, `entrez`, `utilisez`, `introdu[cz]`, `escrib[ea]`, `ingres[ea]`, `inserisci`, `digit[ea]`, `insira`, `voer\b`,
	`ange\b`, `indtast`, `wpisz`, `zadejte`, `girin`, `введите`, `введіть`, `入力`, `输入`, `輸入`, `입력`, `أدخل`,
}

// others are words for amounts, and for the numbers of orders, invoices, customers, phones and towns.
var others = []string{
	// codes of another kind
	`postal code`, `post\s?code`, `zip(?: code)?`, `(?:promo|discount|coupon|voucher|gift|error|country|area|product|order|customer|source)\s?code`, `(?:old|previous|last) (?:pass)?code`,
	`(?:gutschein|rabatt|aktions)-?code`, `(?:alter|alten|voriger|bisheriger) code`, `code (?:postal|promo|client)`, `ancien code`, `código (?:postal|promocional|de (?:cliente|barras|rastreio))`, `código anterior`,
	`codice (?:postale|fiscale|cliente|ordine|sconto)`, `kortingscode`, `kod (?:pocztowy|rabatowy)`, `posta kodu`, `indirim kodu`, `kode ?(?:pos|promo|pesanan)`, `cod poștal`,
	`промокод`, `код города`, `почтовый код`, `رمز بريدي`, `الرمز البريدي`, `کد پستی`, `पिन\s?कोड`, `รหัส(?:ไปรษณีย์|ลูกค้า)`, `mã (?:đơn hàng|khách hàng|bưu)`, `クーポンコード`, `商品コード`,
	// English
	`order`, `invoice`, `customer`, `account n`, `booking`, `reservation`, `reference`, `\bref\b`, `ticket`, `case (?:n|id)`, `tracking`, `shipment`, `parcel`, `member(?:ship)? (?:n|id)`,
	`phone`, `\btel\b`, `\bcall\b`, `hotline`, `\bfax\b`, `amount`, `\btotal`, `\bprice`, `transaction`, `\bid\b`, `serial`, `contract`,
	// German, Dutch, Danish, Norwegian, Swedish, Finnish
	`bestell`, `\bauftrag`, `rechnung`, `\bkund`, `buchung`, `vorgang`, `\bsendung`, `artikel`, `aktenzeichen`, `vertrag`, `mitglied`, `telefon`, `postleitzahl`, `\bplz\b`, `betrag`, `gesamt`, `\bpreis`,
	`bestelling`, `factuur`, `\bklant`, `boeking`, `telefoon`, `bedrag`, `\bordre`, `faktura`, `postnummer`, `postnr`, `belopp`, `beløb`, `bokning`, `ärende`, `tilaus`, `lasku`, `asiakas`, `puhelin`, `postinumero`,
	// French, Spanish, Portuguese, Italian, Catalan, Romanian
	`\bcommande`, `facture`, `\bclient`, `réservation`, `dossier`, `colis`, `téléphone`, `\btél`, `référence`, `\bréf\b`, `montant`, `\bprix`, `pedido`, `factura`, `cliente`, `reserva`, `teléfono`, `importe`, `precio`,
	`referencia`, `expediente`, `encomenda`, `nota fiscal`, `fatura`, `telefone`, `\bcep\b`, `rastreio`, `valor`, `preço`, `ordine`, `fattura`, `prenotazione`, `telefono`, `\bcap\b`, `importo`, `prezzo`, `spedizione`, `comand[ăa]`,
	// Polish, Czech, Slovak, Hungarian, Turkish, Indonesian, Vietnamese
	`zamówieni`, `faktur`, `klient`, `rezerwacj`, `kwota`, `przesyłk`, `objednávk`, `zákazn`, `\bpsč\b`, `částka`, `rendelés`, `számla`, `ügyfél`, `irányítószám`, `sipariş`, `müşteri`, `tutar`, `rezervasyon`,
	`pesanan`, `pelanggan`, `telepon`, `đơn hàng`, `hóa đơn`, `khách hàng`, `điện thoại`,
	// Russian, Ukrainian, Greek, Hebrew, Arabic, Persian, Hindi, Bengali, Thai
	`заказ`, `сч[её]т`, `клиент`, `телефон`, `индекс`, `сумм`, `договор`, `брон[ьи]`, `замовлен`, `рахун`, `клієнт`, `індекс`, `παραγγελ`, `τιμολόγ`, `πελάτ`, `τηλέφων`, `הזמנה`, `חשבונית`, `לקוח`, `טלפון`, `מיקוד`,
	`طلب`, `فاتورة`, `عميل`, `هاتف`, `حجز`, `سفارش`, `فاکتور`, `مشتری`, `تلفن`, `ऑर्डर`, `चालान`, `ग्राहक`, `फ़ोन`, `फोन`, `অর্ডার`, `চালান`, `গ্রাহক`, `ফোন`, `คำสั่งซื้อ`, `ใบแจ้งหนี้`, `ลูกค้า`, `โทร`,
	// Japanese, Korean, Chinese
	`注文`, `請求`, `顧客`, `お客様番号`, `会員番号`, `電話`, `郵便番号`, `予約`, `伝票`, `追跡`, `合計`, `金額`, `주문`, `송장`, `청구`, `고객\s?번호`, `회원\s?번호`, `전화`, `우편번호`, `예약`, `금액`, `합계`,
	`订单`, `訂單`, `单号`, `單號`, `发票`, `發票`, `客户`, `客戶`, `会员`, `電話`, `电话`, `客服`, `热线`, `邮编`, `郵編`, `邮政编码`, `快递`, `物流`, `金额`, `合计`,
	// money
	`\p{Sc}`, `\b(?:eur|usd|gbp|chf|kr|zł|kč|руб)\b`, `円`, `№`,
}

// neither are phrases that contain such a word but do not label a number.
var neither = []string{`in order`, `order to`, `reorder`, `encode`, `decode`, `total of`, `at (?:the )?price`}
