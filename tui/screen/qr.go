package screen

import (
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// qrCode draws text as a QR code in half blocks, two modules a cell. It is drawn light on dark with a light border of
// one module, which cameras read in both senses. It says no when the code is wider than width.
func qrCode(text string, width int) ([]string, bool) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil || code.Bounds().Dx()+2 > width {
		return nil, false
	}
	size := code.Bounds().Dx()
	light := func(x, y int) bool {
		border := x < 0 || y < 0 || x == size || y == size
		return y <= size && (border || code.At(x, y) == color.White)
	}
	var lines []string
	for y := -1; y <= size; y += 2 {
		var line strings.Builder
		for x := -1; x <= size; x++ {
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
