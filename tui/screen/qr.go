package screen

import (
	"strings"

	"rsc.io/qr"
)

// qrCode draws text as a QR code in half blocks, two modules a cell. It is drawn light on dark with a light border of
// one module, which cameras read in both senses. It says no when the code is wider than width.
func qrCode(text string, width int) ([]string, bool) {
	code, err := qr.Encode(text, qr.L)
	if err != nil || code.Size+2 > width {
		return nil, false
	}
	light := func(x, y int) bool { return y <= code.Size && !code.Black(x, y) }
	var lines []string
	for y := -1; y <= code.Size; y += 2 {
		var line strings.Builder
		for x := -1; x <= code.Size; x++ {
			switch upper, lower := light(x, y), light(x, y+1); {
			case upper && lower:
				line.WriteRune('█')
			case upper:
				line.WriteRune('▀')
			case lower:
				line.WriteRune('▄')
			default:
				line.WriteRune(' ')
			}
		}
		lines = append(lines, line.String())
	}
	return lines, true
}
